"""Two-layer ReLU networks N(x) = sum_j a_j relu(w_j . x) with both layers trained towards the zero function.

The parameters are one array theta of shape (m, d + 1): row j holds w_j and, in the last column, a_j.
The objective is L_n(theta) + weight_decay/2 ||theta||^2 with L_n = 1/(2n) sum_i N(x_i)^2 (Xu, Vardi and
Safran, arXiv 2601.19791, eq. 1 with the zero teacher).
"""

import numpy as np
from scipy.linalg import eigh

from grokking.decay import DecayingCurve
from grokking.seeds import Role, generator


def gaussian_points(root: int, seed: int, n: int, d: int) -> np.ndarray:
    """Return X (n, d) with rows x ~ N(0, I_d). Fewer points of a seed are the first rows of more."""
    return generator(root, Role.DATA, seed).standard_normal((n, d))


def initial_parameters(root: int, seed: int, m: int, d: int, nu2: float) -> np.ndarray:
    """Return theta (m, d + 1) with w_j ~ N(0, nu2/d I_d) and a_j ~ N(0, 1/m) (section 5 of the paper).

    The underlying normal draws of a narrower network are the first rows of a wider one's.
    """
    theta = generator(root, Role.INIT, seed).standard_normal((m, d + 1))
    theta[:, :d] *= np.sqrt(nu2 / d)
    theta[:, d] /= np.sqrt(m)
    return theta


def training_loss(X: np.ndarray, theta: np.ndarray) -> float:
    """Return L_n, half the mean squared output over the rows of X (n, d)."""
    outputs = np.maximum(X @ theta[:, :-1].T, 0.0) @ theta[:, -1]
    return 0.5 * float(np.mean(outputs**2))


def gradient_step(X: np.ndarray, theta: np.ndarray, eta: float, weight_decay: float) -> np.ndarray:
    """Return theta after one step of gradient descent, written out naively: the reference for `Network`."""
    W, a = theta[:, :-1], theta[:, -1]
    preactivations = X @ W.T
    hidden = np.maximum(preactivations, 0.0)
    residual = hidden @ a / len(X)
    gradient_a = hidden.T @ residual
    gradient_W = ((preactivations > 0) * residual[:, None] * a).T @ X
    gradient = np.column_stack([gradient_W, gradient_a]) + weight_decay * theta
    return theta - eta * gradient


def homogeneous_time(step: int, loss: float, level: float, eta: float, weight_decay: float, degree: int = 2) -> float:
    """Return the step at which L reaches `level` if from `step` on, where it is `loss`, only decay acts.

    Weight decay multiplies theta by 1 - eta weight_decay a step and a model homogeneous of `degree` in theta
    (1: linear, D: a network of D layers, all trained, without biases) by its power, hence ln L falls by -2
    degree ln(1 - eta weight_decay) a step. With L proportional to nu2, t2 has the slope 1/(2 degree eta
    weight_decay) on ln nu2.
    """
    return step + np.log(loss / level) / (-2 * degree * np.log1p(-eta * weight_decay))


def linear_t1(X: np.ndarray, theta: np.ndarray, eta: float, weight_decay: float, eps: float) -> int | None:
    """Return the last step with L_n >= eps if the tangent kernel at theta stayed as it is; None if there is none.

    That is the linear model of section 4 of the paper on the network's tangent features: the training residual
    contracts by 1 - eta (kappa + weight_decay) a step along each eigenvector of J J^T / n, eigenvalue kappa. Raises
    ValueError where such a factor is below -1.
    """
    network = Network(X, len(theta))
    residual = network.outputs(theta)
    kappa, modes = eigh(network.tangent_kernel(theta) / len(X))
    rates = eta * (np.maximum(kappa, 0.0) + weight_decay)
    amplitudes = modes.T @ residual / np.sqrt(2 * len(X))
    return DecayingCurve(rates, np.diag(np.append(amplitudes**2, 0.0))).last_at_least(eps)


class Network:
    """Outputs on fixed points X (n, d), and their derivatives, for theta (m, d + 1).

    The (n, m) arrays of hidden activations are allocated once: a fresh allocation at every step costs a
    quarter of the time of a step.
    """

    def __init__(self, X: np.ndarray, m: int):
        self.X = X
        self._hidden = np.empty((len(X), m))
        self._active = np.empty((len(X), m), dtype=bool)
        self._work = np.empty((len(X), m))

    def outputs(self, theta: np.ndarray) -> np.ndarray:
        """Return N(x_i) (n,) and keep the activations for the methods below."""
        np.matmul(self.X, theta[:, :-1].T, out=self._hidden)
        np.greater(self._hidden, 0.0, out=self._active)
        self._hidden *= self._active
        return self._hidden @ theta[:, -1]

    def pull_back(self, theta: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Return J^T v (m, d + 1), J the Jacobian of the outputs at the theta last given to `outputs`."""
        product = np.empty_like(theta)
        np.multiply(self._active, v[:, None], out=self._work)
        np.matmul(self._work.T, self.X, out=product[:, :-1])
        product[:, :-1] *= theta[:, -1:]
        product[:, -1] = v @ self._hidden
        return product

    def tangent_kernel(self, theta: np.ndarray) -> np.ndarray:
        """Return J J^T (n, n) at the theta last given to `outputs`."""
        np.multiply(self._active, theta[:, -1], out=self._work)
        return self._hidden @ self._hidden.T + (self._work @ self._work.T) * (self.X @ self.X.T)
