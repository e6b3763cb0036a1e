"""Which runs in high dimension share a job: those trained in one stream, those evaluated on the same points."""

from collections.abc import Iterable, Mapping

Runs = Iterable[Mapping]

POPULATION = ("d", "n_pos", "n_neg", "s_pos", "s_neg", "gamma")  # what points are drawn from
EVALUATED = ("run", "reduction", "bias", "horizon", "n_snapshots", "eps", "attack_eps", "attack_step", "attack_n_steps")


def streams(runs: Runs) -> dict[str, list[Mapping]]:
    """Return the runs by mean loss that differ in their bias alone, by the name of their stream: trained together."""
    found = {}
    for run in runs:
        if run["reduction"] == "mean":
            found.setdefault(f"{run['experiment']}-{run['dataset']}", []).append(run)
    return found


def by_data(runs: Runs) -> dict[str, list[Mapping]]:
    """Return the runs on each data set, by its name: evaluated together."""
    found = {}
    for run in runs:
        found.setdefault(run["dataset"], []).append(run)
    return found


def replicates(runs: Runs) -> list[int]:
    """Return the seeds of which at least one of these runs has a replicate."""
    return list(range(max(run["n_seeds"] for run in runs)))


def predicted(runs: Runs) -> list[str]:
    """Return the names of the runs that the theory speaks of.

    They are on the mean loss, have nothing planted and nothing that draws a bias, and more than two points a dimension.
    """
    return [
        run["run"]
        for run in runs
        if run["reduction"] == "mean"
        and run["s_pos"] == run["s_neg"] == 0
        and (run["n_pos"] == run["n_neg"] or not run["bias"])
        and run["n_pos"] + run["n_neg"] > 2 * run["d"]
    ]
