"""An algorithm that does what the job's `data.fault` says, in training unless said otherwise."""

import ctypes
import os
import subprocess
import sys
import threading
import time

import numpy as np
import ward


class Faulty(ward.ClientAlgo):
    def initialize(self, extra=None):
        self.fault = extra["data"].get("fault", "none")
        self.scratch = extra["scratch"]
        self.result = None
        if self.fault == "initialize_raises":
            raise ValueError("patient 4711")

    def evaluate(self, data, extra=None):
        if self.fault == "evaluate_sleeps":
            self._started()
            time.sleep(1000)
        if self.fault == "evaluate_none":
            return None
        if self.fault == "metric_nan":
            return ward.ExchangeObject(metrics={"distance": float("nan")})
        if self.fault == "metric_name":
            return ward.ExchangeObject(metrics={"a b": 1.0})
        return ward.ExchangeObject(metrics={"distance": np.float32(2), "curve": [1, 2]})

    def train(self, data, extra=None):
        weights = {name: np.array(value) for name, value in data.weights.items()}
        weights["w"] += 1
        self.result = ward.ExchangeObject(
            weights=weights, weight_type=ward.WeightType.WEIGHTS,
            statistics={"num_executed_iterations": 4, "num_samples": 5, "loss": 0.25, "name": "x"})
        method = getattr(self, self.fault, None)
        if method is not None:
            method(data, extra)

    def get_weights(self, extra=None):
        if self.fault == "get_weights_raises":
            raise KeyError("patient 4711")
        return self.result

    def _started(self):
        with open(os.path.join(self.scratch, "pid"), "w", encoding="ascii") as file:
            file.write(str(os.getpid()))

    def raises(self, data, extra):
        raise ValueError("patient 4711")

    def says(self, data, extra):
        raise ward.DataError("the table has no column age")

    def calls_exit(self, data, extra):
        sys.exit(3)

    def ends(self, data, extra):
        os._exit(7)

    def crashes(self, data, extra):
        ctypes.string_at(0)

    def is_killed(self, data, extra):
        os.kill(os.getpid(), 9)

    def eats_memory(self, data, extra):
        eaten = []
        while True:
            eaten.append(np.ones(1 << 20))
            time.sleep(0.005)

    def asks_for_too_much(self, data, extra):
        np.ones(1 << 40)

    def prints(self, data, extra):
        for _ in range(200):
            print("x" * 100_000)
        print("the last line")

    def prints_and_raises(self, data, extra):
        print("case 4711 is odd")
        raise ValueError("patient 4711")

    def forks(self, data, extra):
        pids = [subprocess.Popen(["sleep", "1000"], start_new_session=alone).pid for alone in (True, False)]
        child = os.fork()
        if child == 0:
            os.setsid()
            time.sleep(1000)
        with open(os.path.join(self.scratch, "pids"), "w", encoding="ascii") as file:
            file.write(" ".join(map(str, pids + [child])))

    def forks_and_ends(self, data, extra):
        self.forks(data, extra)
        os._exit(7)

    def forks_and_crashes(self, data, extra):
        self.forks(data, extra)
        ctypes.string_at(0)

    def forks_and_sleeps(self, data, extra):
        self.forks(data, extra)
        self._started()
        time.sleep(1000)

    def leaves_threads(self, data, extra):
        threading.Thread(target=time.sleep, args=(1000,)).start()

    def closes_output(self, data, extra):
        sys.stdout.close()
        os.close(1)
        os.close(2)

    def closes_sockets(self, data, extra):
        os.closerange(3, 256)
        time.sleep(1000)

    def speaks_garbage(self, data, extra):
        ward._task.frames.socket.sendall(b"\xff" * 100)
        time.sleep(1000)

    def speaks_nonsense(self, data, extra):
        ward._task.frames.socket.sendall(b"\0\0\0\5hello")
        time.sleep(1000)

    def ignores_abort(self, data, extra):
        self._started()
        while True:
            try:
                time.sleep(1000)
            except BaseException:
                pass

    def hangs_in_native_code(self, data, extra):
        self._started()
        ctypes.PyDLL(None).sleep(1000)

    def returns_when_aborted(self, data, extra):
        self._started()
        while not extra["is_aborted"]():
            time.sleep(0.01)

    def changes_what_it_received(self, data, extra):
        for value in data.weights.values():
            value += 100

    def object_array(self, data, extra):
        self.result.weights["w"] = np.array([object(), None, "x"])

    def text_array(self, data, extra):
        self.result.weights["w"] = np.array(["a", "b", "c"])

    def list_weights(self, data, extra):
        self.result.weights["w"] = [1.0, 2.0, 3.0]

    def other_key(self, data, extra):
        self.result.weights["v"] = np.ones(2, np.float32)

    def missing_key(self, data, extra):
        self.result.weights = {"n": self.result.weights["n"]}

    def number_key(self, data, extra):
        self.result.weights[3] = np.ones(1)

    def other_shape(self, data, extra):
        self.result.weights["w"] = np.ones((3, 1), np.float32)

    def other_type(self, data, extra):
        self.result.weights["w"] = np.ones(3)

    def not_a_number(self, data, extra):
        self.result.weights["w"][1] = np.nan

    def infinite(self, data, extra):
        self.result.weights["w"][2] = -np.inf

    def no_weights(self, data, extra):
        self.result.weights = None

    def no_result(self, data, extra):
        self.result = None

    def no_weight_type(self, data, extra):
        self.result.weight_type = None

    def no_iterations(self, data, extra):
        self.result.statistics = {}

    def negative_iterations(self, data, extra):
        self.result.statistics["num_executed_iterations"] = -1

    def odd_arrays(self, data, extra):
        weights = self.result.weights
        weights["w"] = np.array([[1, 9], [2, 9], [3, 9]], dtype=">f4")[:, 0]
        weights["n"] = np.int64(7)
