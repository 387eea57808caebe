# Trains a TorchScript archive as PyTorch users do: train.py FILE.ts OPTIMIZER STEPS OUT.npz
import sys

import numpy
import torch
import torch.nn.functional as F

file, optimizer, steps, out = sys.argv[1:5]
torch.set_num_threads(1)
torch.manual_seed(3)
network = torch.jit.load(file)
network.train()
volumes = "up.weight" in network.state_dict()
if volumes:
    x = torch.randn(8, 1, 8, 8, 8)
    y = (x[:, 0] + 0.3 * torch.randn(8, 8, 8, 8) > 0.5).long()
else:
    x = torch.randn(24, 1, 8, 8)
    y = (x.mean([1, 2, 3]) > 0).long()


def loss_of(logits, labels):
    loss = F.cross_entropy(logits, labels)
    if volumes:
        truth = F.one_hot(labels, 2).permute(0, 4, 1, 2, 3).float()
        prediction = logits.softmax(1)
        both = (prediction * truth).sum([2, 3, 4])
        total = prediction.sum([2, 3, 4]) + truth.sum([2, 3, 4])
        loss = loss + (1 - (2 * both + 1e-5) / (total + 1e-5)).mean()
    return loss


parameters = list(network.parameters())
step = (
    torch.optim.SGD(parameters, lr=0.1, momentum=0.9, weight_decay=5e-3)
    if optimizer == "sgd"
    else torch.optim.Adam(parameters, lr=0.01, weight_decay=5e-3)
)
arrays = {"x": x.numpy(), "y": y.numpy()}
losses = []
for i in range(int(steps)):
    rows = [(4 * i + j) % len(x) for j in range(4)]
    step.zero_grad()
    loss = loss_of(network(x[rows]), y[rows])
    loss.backward()
    step.step()
    losses.append(loss.item())
arrays["losses"] = numpy.array(losses)
for name, tensor in network.state_dict().items():
    arrays["after/" + name] = tensor.numpy()
network.eval()
with torch.no_grad():
    arrays["logits"] = network(x).numpy()
numpy.savez(out, **arrays)
