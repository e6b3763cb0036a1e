import numpy as np
from grokking.seeds import Role, generator


def test_same_arguments_give_the_same_stream():
    assert np.array_equal(generator(1, Role.DATA, 3).random(5), generator(1, Role.DATA, 3).random(5))


def test_role_seed_root_and_part_each_change_the_stream():
    keys = [(1, Role.DATA, 3), (2, Role.DATA, 3), (1, Role.INIT, 3), (1, Role.DATA, 4), (1, Role.DATA, 3, 0)]
    first_draws = {generator(*key).random() for key in keys}
    assert len(first_draws) == len(keys)


def test_role_numbers_are_frozen():
    """Renumbering a role would silently change every published number."""
    numbers = {"DATA": 0, "PLANTED": 1, "TEST": 2, "TEACHER": 3, "INIT": 4, "NOISE": 5, "FEATURES": 6}
    assert {role.name: int(role) for role in Role}.items() >= numbers.items()
