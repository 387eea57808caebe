# Writes the TorchScript archives of this folder: /usr/bin/python3 networks.py FOLDER
# (those that are here: torch 1.13.0, Debian 12).
import os
import sys

import torch
from torch import nn


class Pictures(nn.Module):
    """Two classes of pictures. The head has a second name; one layer is never used."""

    def __init__(self, dropout):
        super().__init__()
        self.blocks = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1, bias=False),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Conv2d(4, 6, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(6),
            nn.ReLU(),
        )
        self.head = nn.Linear(6, 2)
        self.again = self.head
        self.unused = nn.Linear(2, 2)
        self.note = torch.ones(3)
        self.register_buffer("scale", torch.full((1,), 1.5))

    def forward(self, x):
        return self.head(self.blocks(x).mean([2, 3])) * self.scale


class Volumes(nn.Module):
    """Two classes of voxels, with layers that Ward's own networks do not have."""

    def __init__(self):
        super().__init__()
        self.down = nn.Conv3d(1, 4, 3, stride=2, padding=1)
        self.norm = nn.BatchNorm3d(4)
        self.act = nn.PReLU()
        self.up = nn.ConvTranspose3d(4, 4, 2, stride=2)
        self.out = nn.Conv3d(5, 2, 1)

    def forward(self, x):
        y = self.up(self.act(self.norm(self.down(x))))
        return self.out(torch.cat([x, y], 1))


class Partly(nn.Module):
    """One parameter is a view into another."""

    def __init__(self):
        super().__init__()
        self.whole = nn.Parameter(torch.randn(4, 64))
        self.part = nn.Parameter(self.whole.detach()[:2])

    def forward(self, x):
        flat = x.flatten(1)
        return flat.matmul(self.whole.t())[:, :2] + flat.matmul(self.part.t())


class Scattered(nn.Module):
    """A parameter that lies column by column."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(64, 2).t())

    def forward(self, x):
        return x.flatten(1).matmul(self.weight.t())


class Pair(nn.Module):
    """Gives two tensors."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(64, 2)

    def forward(self, x):
        y = self.head(x.flatten(1))
        return y, y


folder = sys.argv[1]


def save(module, name):
    module.save(os.path.join(folder, name + ".ts"))


torch.manual_seed(7)
save(torch.jit.script(Pictures(0.0)), "pictures")
save(torch.jit.script(Pictures(0.3)), "dropout")
save(torch.jit.script(Volumes()), "volumes")
save(torch.jit.trace(Pictures(0.3).eval(), torch.zeros(1, 1, 8, 8)), "traced")
save(torch.jit.freeze(torch.jit.script(Pictures(0.3).eval())), "frozen")
save(torch.jit.script(Pictures(0.3).half()), "half")
save(torch.jit.script(Partly()), "partly")
save(torch.jit.script(Scattered()), "scattered")
save(torch.jit.script(Pair()), "pair")
still = Pair()
still.requires_grad_(False)
save(torch.jit.script(still), "still")
