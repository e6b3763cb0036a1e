"""Many steps of gradient descent on a two-layer network at once: an exponential midpoint rule.

N is homogeneous of degree 2 in theta, so with rho = 1 - eta weight_decay and theta_s = rho^s psi_s, s steps after the
start of a piece, gradient descent with weight decay is

    psi_{s+1} = psi_s - eta rho^(2s-1)/n J(psi_s)^T N(psi_s):

descent without weight decay at a falling step size. With the Jacobian J frozen the residual N decays in each
eigenvector of the tangent kernel J J^T / n (eigenvalue kappa) by the factors 1 - eta kappa rho^(2s-1), and the
displacement of psi is J^T of their sum: exact for the discrete iteration, whatever the number of steps. J is frozen at
the arithmetic midpoint of the piece, because N is bilinear in (w_j, a_j): as long as no unit crosses a kink
w_j . x_i = 0, N(psi + delta) - N(psi) is J(psi + delta/2) delta.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import eigh

from grokking.networks.model import Network
from grokking.networks.population import population_loss

# Terms of the series of ln(1 - x): the rest is below 1e-3 of it up to x = 1/2, and faster modes are gone in few steps.
LOG_TERMS = np.arange(1, 9)[:, None]


@dataclass(frozen=True)
class Modes:
    """Eigenvalues kappa (n,), positive, and eigenvectors (n, n) of a tangent kernel J J^T / n."""

    kappa: np.ndarray
    vectors: np.ndarray


@dataclass(frozen=True)
class State:
    """Parameters (m, d + 1) and outputs (n,) after `step` steps; fractions of steps are interpolated.

    `modes` are those of a tangent kernel of shortly before, `piece` is the number of steps to try next.
    """

    step: float
    theta: np.ndarray
    outputs: np.ndarray
    modes: Modes
    piece: float

    @property
    def train_loss(self) -> float:
        """L_n, half the mean squared output."""
        return 0.5 * float(np.mean(self.outputs**2))

    @cached_property
    def test_loss(self) -> float:
        """L, in float32: its error, below 1e-6, is no step of t2."""
        return population_loss(self.theta, np.float32)


class Pieces:
    """Pieces of gradient descent at step size eta with weight decay on the points X (n, d), m neurons."""

    def __init__(self, X: np.ndarray, m: int, eta: float, weight_decay: float):
        self.network = Network(X, m)
        self.eta = eta
        self.log_rho = np.log1p(-eta * weight_decay)

    def start(self, theta: np.ndarray, piece: float) -> State:
        """Return the state of step 0."""
        outputs = self.network.outputs(theta)
        return State(0, theta, outputs, self._modes(theta), piece)

    def follow(self, state: State, steps: float) -> tuple[State, float]:
        """Return the state `steps` steps later, and the error estimate of its outputs (root mean square).

        The estimate is what J at the start in place of the midpoint would change: its order is one lower.
        """
        network = self.network
        network.outputs(state.theta)
        from_start = self._displacement(state.theta, state.modes, state.outputs, steps)
        middle = state.theta + 0.5 * from_start
        network.outputs(middle)
        modes = self._modes(middle)
        displacement = self._displacement(middle, modes, state.outputs, steps)
        lower_order = network.outputs(state.theta + from_start)
        psi = state.theta + displacement
        outputs = network.outputs(psi)
        decay = np.exp(steps * self.log_rho)
        error = decay**2 * np.sqrt(np.mean((outputs - lower_order) ** 2))
        return State(state.step + steps, decay * psi, decay**2 * outputs, modes, state.piece), float(error)

    def _modes(self, theta: np.ndarray) -> Modes:
        """Return the modes at the theta last given to `outputs`. Raises ValueError where a step can overshoot."""
        kernel = self.network.tangent_kernel(theta) / len(self.network.X)
        kappa, vectors = eigh(kernel, overwrite_a=True, check_finite=False, driver="evd")
        if not self.eta * kappa[-1] < np.exp(self.log_rho):
            limit = np.exp(self.log_rho) / kappa[-1]
            raise ValueError(f"eta: {self.eta:g} is too large; expected below {limit:.3g}, where no step overshoots")
        # Round-off can make a vanishing eigenvalue negative; such a mode does not move.
        return Modes(np.maximum(kappa, np.finfo(float).tiny), vectors)

    def _displacement(self, theta: np.ndarray, modes: Modes, outputs: np.ndarray, steps: float) -> np.ndarray:
        """Return the change of psi (m, d + 1) in `steps` steps, J and its modes those at `theta`."""
        lost = -np.expm1(self._log_decay(modes.kappa, steps)) / modes.kappa
        moved = modes.vectors @ (lost * (modes.vectors.T @ outputs))
        return self.network.pull_back(theta, -moved / len(moved))

    def _log_decay(self, kappa: np.ndarray, steps: float) -> np.ndarray:
        """Return sum_{s < steps} ln(1 - eta kappa rho^(2s-1)) (n,), from the series of ln."""
        exponents = 2 * LOG_TERMS * self.log_rho
        geometric = np.expm1(exponents * steps) / np.expm1(exponents)
        rate = self.eta * kappa / np.exp(self.log_rho)
        return -np.sum(rate**LOG_TERMS / LOG_TERMS * geometric, axis=0)
