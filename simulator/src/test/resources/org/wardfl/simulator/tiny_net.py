"""A torch algorithm: convolution, batch normalization, pooling, a linear layer; SGD with momentum.

The site's data is a `.npz` file with train_x, train_y, val_x, val_y.
"""

import numpy as np
import torch

try:
    from monai.fl.client import ClientAlgo
    from monai.fl.utils.constants import WeightType
    from monai.fl.utils.exchange_object import ExchangeObject
except ImportError:
    from ward import ClientAlgo, ExchangeObject, WeightType


class TinyNet(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(1, 4, 3, padding=1)
        self.bn = torch.nn.BatchNorm2d(4)
        self.pool = torch.nn.AdaptiveAvgPool2d(2)
        self.fc = torch.nn.Linear(16, 3)

    def forward(self, x):
        return self.fc(self.pool(torch.relu(self.bn(self.conv(x)))).flatten(1))


class TinyAlgo(ClientAlgo):
    """Keeps its momentum across rounds."""

    def __init__(self, send_weight_diff=True, batch_size=4):
        self.send_weight_diff = send_weight_diff
        self.batch_size = batch_size

    def initialize(self, extra=None):
        data = np.load(extra["dataset"])
        self.data = {name: torch.from_numpy(data[name]) for name in data.files}
        self.network = TinyNet()
        self.optimizer = torch.optim.SGD(
            self.network.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)

    def evaluate(self, data, extra=None):
        network = TinyNet()
        network.load_state_dict(data.weights)
        network.eval()
        with torch.no_grad():
            found = network(self.data["val_x"]).argmax(1)
        accuracy = (found == self.data["val_y"]).float().mean()
        return ExchangeObject(metrics={"val_accuracy": accuracy})

    def train(self, data, extra=None):
        self.received = {name: value.clone() for name, value in data.weights.items()}
        self.network.load_state_dict(data.weights)
        self.network.train()
        self.steps = 0
        batches = zip(self.data["train_x"].split(self.batch_size),
                      self.data["train_y"].split(self.batch_size))
        for inputs, labels in batches:
            self.optimizer.zero_grad()
            torch.nn.functional.cross_entropy(self.network(inputs), labels).backward()
            self.optimizer.step()
            self.steps += 1

    def get_weights(self, extra=None):
        # The live tensors, as MONAI returns them on a CPU.
        weights = self.network.state_dict()
        if self.send_weight_diff:
            weights = {name: weights[name] - self.received[name] for name in weights}
        return ExchangeObject(
            weights=weights,
            weight_type=WeightType.WEIGHT_DIFF if self.send_weight_diff else WeightType.WEIGHTS,
            statistics={"num_executed_iterations": self.steps})

    def initial_weights(self, extra=None):
        return ExchangeObject(weights=TinyNet().state_dict(), weight_type=WeightType.WEIGHTS)

    def save_state(self):
        return self.optimizer.state_dict()

    def restore_state(self, state):
        self.optimizer.load_state_dict(state)
