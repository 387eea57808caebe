"""Logistic regression with numpy, as a client algorithm in MONAI's manner.

The features are measured in very different units, so each is divided by a typical value that the
job gives: nothing is computed from one hospital's patients that another would need.
"""

import csv

import numpy as np
from ward import ClientAlgo, ConfigurationError, DataError, ExchangeObject, ModelError, WeightType


class LogisticRegression(ClientAlgo):
    """One weight for each feature, and a bias.

    features: column to typical value; learning_rate and local_epochs: of stochastic gradient
    descent, one patient a step.
    """

    def __init__(self, features, learning_rate=0.5, local_epochs=5):
        if not features or not all(scale > 0 for scale in features.values()):
            raise ConfigurationError("args.features: expected columns with positive typical values")
        self.features = features
        self.learning_rate = learning_rate
        self.local_epochs = local_epochs

    def initialize(self, extra=None):
        label = extra["data"]["label"]
        self.tables = {"train": ([], []), "test": ([], [])}
        try:
            with open(extra["dataset"], newline="", encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    inputs, labels = self.tables[row["split"]]
                    inputs.append([float(row[name]) / scale - 1 for name, scale in self.features.items()])
                    labels.append(float(row[label]))
        except (OSError, KeyError, ValueError, TypeError) as error:
            # The sentence may leave the hospital: it names no value of a patient.
            raise DataError("the table cannot be read: %s" % type(error).__name__) from error
        if not self.tables["train"][0]:
            raise DataError("the table has no training rows")
        self.tables = {split: tuple(map(np.array, table)) for split, table in self.tables.items()}
        self.is_aborted = extra["is_aborted"]

    def train(self, data, extra=None):
        weight, bias = self._parameters(data)
        inputs, labels = self.tables["train"]
        self.steps = 0
        for _ in range(self.local_epochs):
            # Ward has seeded numpy for this hospital and round.
            for row in np.random.permutation(len(labels)):
                if self.is_aborted():
                    return
                step = self.learning_rate * (labels[row] - _sigmoid(inputs[row] @ weight + bias))
                weight = weight + step * inputs[row]
                bias = bias + step
                self.steps += 1
        self.trained = {"weight": weight, "bias": bias}

    def get_weights(self, extra=None):
        return ExchangeObject(
            weights=self.trained,
            weight_type=WeightType.WEIGHTS,
            statistics={
                "num_executed_iterations": self.steps,
                "num_samples": len(self.tables["train"][1]),
            },
        )

    def evaluate(self, data, extra=None):
        weight, bias = self._parameters(data)
        inputs, labels = self.tables["test"]
        if not len(labels):
            return ExchangeObject(metrics={})
        chances = _sigmoid(inputs @ weight + bias)
        return ExchangeObject(
            metrics={"accuracy": ((chances > 0.5) == (labels > 0.5)).mean()},
            statistics={"num_samples": len(labels)},
        )

    def initial_weights(self, extra=None):
        """The first model: all zeros, so that no feature counts."""
        weights = {"weight": np.zeros(len(self.features)), "bias": np.zeros(1)}
        return ExchangeObject(weights=weights, weight_type=WeightType.WEIGHTS)

    def _parameters(self, data):
        expected = {"weight": (len(self.features),), "bias": (1,)}
        found = {name: value.shape for name, value in data.weights.items()}
        if found != expected or any(value.dtype != np.float64 for value in data.weights.values()):
            raise ModelError("the received model has %s, expected %s in float64" % (found, expected))
        return data.weights["weight"], data.weights["bias"]


def _sigmoid(x):
    return 0.5 * (1 + np.tanh(0.5 * x))
