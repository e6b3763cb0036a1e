"""Gradient descent on the logistic loss after separation, in the dual: exact steps, or a flow in log t.

Rows v_j (z with, if the bias is learned, y appended), state theta = theta_ref + sum_j alpha_j v_j, margins
m = m_ref + K alpha with the Gram matrix K. One step is alpha += eta s(m), s = sigmoid(-m).
"""

from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp
from scipy.sparse.linalg import eigsh
from scipy.special import expit

from grokking.limits import limited

SMOOTH = 3e-4  # largest eta lambda_max(Hessian) at which the flow stands in for the steps
REACH = 36  # a push is then under 3e-16 of the largest
FLOW_STEP = 0.1  # longest step of the solver in log t: over longer ones (tiny problems) its interpolation errs
MOST_RATES = 200_000  # evaluations of one flow: beside rows that pull very differently it becomes stiff
REFRESH = 10_000  # steps after which the margins are computed anew from alpha, so that roundoff does not pile up


class NotContractingError(RuntimeError):
    """Steps are no longer small against the curvature: the flow has no right to replace them, or no end."""


@dataclass(frozen=True)
class SeparatedRows:
    """The rows that push: Gram matrix K (k, k), margins at the reference state m_ref (k,), step size eta."""

    gram: np.ndarray
    margins_ref: np.ndarray
    eta: float

    def margins(self, alpha: np.ndarray) -> np.ndarray:
        """Margins at alpha, shape (k,)."""
        return self.margins_ref + self.gram @ alpha

    def is_smooth(self, alpha: np.ndarray) -> bool:
        """Whether eta lambda_max(Hessian) <= SMOOTH, so that the flow may stand in for the steps."""
        s = expit(-self.margins(alpha))
        # The Hessian has the spectrum of D K D with D^2 = s (1 - s), whose diagonal bounds lambda_max below.
        curvature = self.eta * s * (1 - s)
        if (curvature * np.diagonal(self.gram)).max() > SMOOTH:
            return False
        near = np.flatnonzero(curvature > 1e-9 * curvature.max())
        root = np.sqrt(curvature[near])
        matrix = root[:, None] * self.gram[np.ix_(near, near)] * root
        if len(near) < 2:  # one row, or pushes that underflow: the diagonal was all
            return True
        return float(eigsh(matrix, k=1, v0=root, tol=1e-3, return_eigenvectors=False)[0]) <= SMOOTH

    def step(self, alpha: np.ndarray) -> np.ndarray:
        """One step of gradient descent."""
        return alpha + self.eta * expit(-self.margins(alpha))

    def descend(self, alpha: np.ndarray, n_steps: int) -> np.ndarray:
        """Execute n_steps steps, leaving out rows whose margins are more than REACH above the smallest."""
        if n_steps == 1:
            return self.step(alpha)  # cheaper than to gather the rows that push
        done = 0
        while done < n_steps:
            margins = self.margins(alpha)
            near = np.flatnonzero(margins < margins.min() + REACH)
            gram, m, a = self.gram[np.ix_(near, near)] * self.eta, margins[near], alpha[near]
            block = min(REFRESH, n_steps - done)
            pushes = np.zeros_like(m)
            for _ in range(block):
                s = expit(-m)
                pushes += s
                m += gram @ s
            alpha = alpha.copy()
            alpha[near] = a + self.eta * pushes
            done += block
        return alpha

    def flow_rate(self, alpha: np.ndarray) -> np.ndarray:
        """Return d alpha / dt of the flow whose time-1 map is one step, to third order in eta.

        With F the displacement of one step the generator is G = F - F'F/2 + F'F'F/3 + F''(F,F)/12 + ..., the
        logarithm of the map id + F; in the dual F = eta K s, F'v = -eta K (s (1-s) v) and
        F''(v,v) = eta K (s (1-s) (1-2s) v^2), so that the last product with K need not be taken.
        """
        s = expit(-self.margins(alpha))
        curvature = s * (1 - s)
        F = self.eta * (self.gram @ s)
        F_F = -self.eta * (self.gram @ (curvature * F))
        return self.eta * (s + curvature * (F / 2 - F_F / 3 + (1 - 2 * s) * F**2 / 12))

    def flow(self, alpha: np.ndarray, start: int, steps: np.ndarray) -> np.ndarray:
        """Integrate from step `start` in log t; return alpha at each of `steps`, shape (len(steps), k).

        Raises NotContractingError where eta lambda_max is above SMOOTH at the start or on the way, and where the solver
        does not come to the end.
        """
        stiff = NotContractingError(f"the flow from step {start} is too stiff to be followed to step {steps[-1]}")
        solution = solve_ivp(
            limited(lambda log_t, a: np.exp(log_t) * self.flow_rate(a), MOST_RATES, stiff),
            (np.log(start), np.log(steps[-1])),
            alpha,
            method="DOP853",
            t_eval=np.log(steps),
            rtol=1e-11,
            atol=1e-16,
            max_step=FLOW_STEP,
        )
        if not solution.success:
            raise stiff
        states = solution.y.T
        if not all(self.is_smooth(state) for state in (alpha, *states[::50], states[-1])):
            raise NotContractingError(f"eta lambda_max exceeds {SMOOTH} where the flow should stand in for the steps")
        return states
