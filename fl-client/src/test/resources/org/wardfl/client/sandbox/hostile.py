"""Algorithms that look around, and one that keeps to its task."""

import os
import socket

import numpy as np
import ward


class Plain(ward.ClientAlgo):
    def get_weights(self, extra=None):
        return ward.ExchangeObject(
            weights={"w": np.array([1.0, 2.0], dtype=np.float32)}, weight_type=ward.WeightType.WEIGHTS)


class Curious(Plain):
    def get_weights(self, extra=None):
        found = [path for path in ("/etc/shadow", "/home", "/var") if os.path.exists(path)]
        try:
            socket.create_connection(("127.0.0.1", 80), timeout=2)
            found.append("network")
        except OSError:
            pass
        try:
            with open("/job/mine", "w", encoding="ascii"):
                found.append("/job")
        except OSError:
            pass
        raise ward.AlgoError("found " + " ".join(found) + ".")
