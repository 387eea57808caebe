"""Ward's Python side: runs a client algorithm under the site's client, and what authors import.

An algorithm is a class with MONAI's methods (`train`, `get_weights`, `evaluate`), a MONAI bundle, or
a script that calls `ward.receive()` and `ward.send()`. This file needs Python 3.9 and numpy; torch
and monai are used only where the algorithm imports them.

Started by the job's process as `python ward.py FOLDER`, it is the keeper: it imports the algorithm's
module once and forks a child for every task, so that each task begins from the same state and none
can harm the next. It talks over a Unix socket in FOLDER: frames of JSON behind their length in four
bytes. Models are safetensors files; nothing is ever pickled.
"""

import json
import os
import sys

if sys.version_info < (3, 9):
    found = ".".join(str(part) for part in sys.version_info[:3])
    sys.exit("ward: this is Python " + found + ", expected 3.9 or later")

import bisect
import ctypes
import importlib
import inspect
import itertools
import math
import mmap
import queue
import random
import resource
import select
import shutil
import signal
import socket
import struct
import threading
import time
import traceback

PROTOCOL = 1

# ---------------------------------------------------------------- what authors import


class AlgoError(Exception):
    """A failure whose text may leave the site: it names no path and no patient's value."""

    kind = "failure"


class ConfigurationError(AlgoError):
    """An argument is wrong; the researcher mends the job."""

    kind = "configuration"


class DataError(AlgoError):
    """The site's data cannot be used; the site mends its dataset."""

    kind = "data"


class ModelError(AlgoError):
    """The received model does not fit the algorithm."""

    kind = "model"


class WeightType:
    """The two forms of weights, by MONAI's words."""

    WEIGHTS = "fl_weights_full"
    WEIGHT_DIFF = "fl_weight_diff"


class ExchangeObject(dict):
    """What goes in and out of an algorithm, with the fields of MONAI's class of that name."""

    def __init__(self, weights=None, optim=None, metrics=None, weight_type=None, statistics=None):
        super().__init__()
        self.weights = weights
        self.optim = optim
        self.metrics = metrics
        self.weight_type = weight_type
        self.statistics = statistics


class ClientAlgo:
    """A base for algorithms where MONAI is not installed; any class with these methods will do."""

    def initialize(self, extra=None):
        """Makes ready: opens the site's data, `extra["dataset"]`."""

    def train(self, data, extra=None):
        """Trains from `data.weights`."""
        raise NotImplementedError

    def get_weights(self, extra=None):
        """Returns the weights after `train`, with the number of its optimizer steps."""
        raise NotImplementedError

    def evaluate(self, data, extra=None):
        """Scores `data.weights`."""
        raise NotImplementedError

    def abort(self, extra=None):
        """Asks a running call to stop soon."""

    def finalize(self, extra=None):
        """Releases what the algorithm holds."""


def describe(extra, columns, classes=None, label="class"):
    """What `get_data_stats` returns as `statistics`, for a workflow of statistics.

    extra: as `get_data_stats` got it; it says which features and histograms are wanted. columns: feature
    to one number for each patient, None or NaN where it is missing. classes: one class for each patient,
    for statistics by class; label: what it is called.
    """
    request = extra.get("statistics_request") or {}
    wanted = request.get("features") or sorted(columns)
    groups = {"": None}
    if request.get("by_class"):
        if classes is None:
            raise ConfigurationError("by_class: the algorithm tells no classes")
        names = ["%s=%s" % (label, _class_name(value)) for value in classes]
        groups.update((name, name) for name in sorted(set(names)))
    features, patients = [], max((len(values) for values in columns.values()), default=0)
    for feature in wanted:
        if feature not in columns:
            features.append({"feature": feature, "group": "", "withheld": "the data has no such feature"})
            continue
        values = [math.nan if value is None else float(value) for value in columns[feature]]
        for group, name in groups.items():
            chosen = values if name is None else [v for v, n in zip(values, names) if n == name]
            features.append(dict(_described(chosen, request.get("histograms", {}).get(feature)),
                                 feature=feature, group=group))
    return {"num_samples": patients, "features": features}


def _class_name(value):
    if value is None or value != value:
        return "missing"
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)


def _described(values, bins):
    there = [value for value in values if math.isfinite(value)]
    told = {"count": len(there), "missing": len(values) - len(there)}
    if there:
        total = math.fsum(there)
        mean = total / len(there)
        told.update(sum=total, squares=math.fsum((value - mean) ** 2 for value in there))
        for name, end in (("min", min(there)), ("max", max(there))):
            told[name], told[name + "_holders"] = end, there.count(end)
    if bins:
        low, high, count = bins
        edges = [low + index * ((high - low) / count) for index in range(count)] + [high]
        told["counts"] = [0] * count
        told["below"] = sum(value < low for value in there)
        told["above"] = sum(value > high for value in there)
        for value in there:
            if low <= value <= high:
                told["counts"][min(bisect.bisect_right(edges, value), count) - 1] += 1
    return told


class Model:
    """A model on its way to or from a script.

    params: name to array; params_type: "FULL" or "DIFF"; metrics: scores of the received model;
    meta: NUM_STEPS_CURRENT_ROUND, the optimizer steps of this round; NUM_SAMPLES, NUM_EVAL_SAMPLES.
    """

    def __init__(self, params=None, params_type="FULL", metrics=None, current_round=None,
                 total_rounds=None, meta=None):
        self.params = params
        self.params_type = params_type
        self.metrics = metrics
        self.current_round = current_round
        self.total_rounds = total_rounds
        self.meta = {} if meta is None else meta


FLModel = Model


def init():
    """Begins; kept for scripts written for FLARE."""
    _script()


def is_running():
    """Whether there is a model to receive."""
    return _script().outgoing is None


def receive():
    """The model of this task, or None when there is none left."""
    return _script().receive()


def send(model):
    """Returns the result of this task."""
    _script().send(model)


def is_train():
    """Whether this task trains."""
    return _script().kind == "train"


def is_evaluate():
    """Whether this task only scores the received model."""
    return _script().kind == "evaluate"


def extra():
    """The task: `dataset`, `data`, `seed`, `round`, `total_rounds`, `scratch`, `fl_client_name`."""
    return _script().extra


def get_site_name():
    """The name of this site."""
    return _script().extra["fl_client_name"]


# ---------------------------------------------------------------- model files

_DTYPES = {
    "F16": "<f2", "F32": "<f4", "F64": "<f8", "I8": "|i1", "U8": "|u1", "I16": "<i2", "U16": "<u2",
    "I32": "<i4", "U32": "<u4", "I64": "<i8", "U64": "<u8", "BOOL": "|b1", "BF16": "<i2",
}
_NAMES = {text: name for name, text in _DTYPES.items() if name != "BF16"}
_MAX_HEADER = 32 << 20


def _is_torch(value):
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


class ModelFile:
    """A safetensors file, mapped copy-on-write: what an algorithm changes is its own copy."""

    def __init__(self, path):
        import numpy

        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < 8:
                raise ModelError("the model file has %d bytes, too few" % size)
            length = struct.unpack("<Q", file.read(8))[0]
            if length > min(size - 8, _MAX_HEADER):
                raise ModelError("the model file's header of %d bytes does not fit" % length)
            header = json.loads(file.read(length).decode("utf-8"))
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        data = numpy.frombuffer(mapped, dtype=numpy.uint8)[8 + length:]
        self.metadata = header.pop("__metadata__", {})
        self.aliases = json.loads(self.metadata.get("ward.aliases", "{}"))
        self.arrays, self.dtypes = {}, {}
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            shape = tuple(entry["shape"])
            dtype = numpy.dtype(_DTYPES[entry["dtype"]])
            if not 0 <= begin <= end <= data.size or math.prod(shape) * dtype.itemsize != end - begin:
                raise ModelError("tensor %s lies outside of the model file" % name)
            array = data[begin:end].view(dtype).reshape(shape)
            if not array.flags.aligned:
                array = array.copy()
            self.arrays[name] = array
            self.dtypes[name] = entry["dtype"]

    def check_finite(self):
        """Refuses NaN and infinity."""
        import numpy

        with numpy.errstate(all="ignore"):
            self._check_finite(numpy)

    def _check_finite(self, numpy):
        for name, array in self.arrays.items():
            # A sum is quicker, and finite unless a value is not; it may also overflow.
            if (array.dtype.kind == "f" and not numpy.isfinite(array.sum())
                    and not numpy.isfinite(array).all()):
                error = ModelError("tensor %s of the received model holds NaN or infinity" % name)
                error.kind = "nonfinite"
                raise error

    def weights(self):
        """Name to tensor: torch's where torch is imported, else numpy arrays."""
        torch = sys.modules.get("torch")
        weights = {}
        for name, array in self.arrays.items():
            weights[name] = self._tensor(torch, name, array)
        for alias, name in self.aliases.items():
            weights[alias] = weights[name]
        return weights

    def _tensor(self, torch, name, array):
        dtype = self.dtypes[name]
        if torch is None:
            if dtype == "BF16":
                raise ModelError("tensor %s is BF16, which needs torch" % name)
            return array
        if dtype in ("U16", "U32", "U64"):
            raise ModelError("tensor %s is %s, which torch does not have" % (name, dtype))
        tensor = torch.from_numpy(array)
        return tensor.view(torch.bfloat16) if dtype == "BF16" else tensor


def _array(name, value, where):
    """A tensor as a contiguous numpy array and its type's name in the file."""
    import numpy

    bfloat = False
    if _is_torch(value):
        torch = sys.modules["torch"]
        if value.is_sparse or value.is_quantized or value.device.type == "meta":
            raise AlgoError(
                "%s: tensor %s is %s, expected a dense tensor with data"
                % (where, name, "on device meta" if value.device.type == "meta" else "sparse or quantized"))
        value = value.detach().cpu().contiguous()
        bfloat = value.dtype == torch.bfloat16
        try:
            value = (value.view(torch.int16) if bfloat else value).numpy()
        except (TypeError, RuntimeError):
            raise AlgoError("%s: tensor %s has type %s, which a model file does not have"
                            % (where, name, value.dtype)) from None
    elif not isinstance(value, (numpy.ndarray, numpy.generic)):
        raise AlgoError("%s: weight %s is a %s, expected an array or a tensor"
                        % (where, name, type(value).__name__))
    array = numpy.asarray(value)
    dtype = array.dtype.newbyteorder("<") if array.dtype.byteorder == ">" else array.dtype
    code = dtype.newbyteorder("<").str if dtype.itemsize > 1 else dtype.str
    if code not in _NAMES:
        raise AlgoError("%s: tensor %s is an array of %s, expected numbers of a fixed size"
                        % (where, name, dtype))
    if array.ndim:
        array = numpy.ascontiguousarray(array, dtype=dtype)
    else:
        array = array.astype(dtype)
    return array, "BF16" if bfloat else _NAMES[code]


def _write(path, weights, where, aliases=None, metadata=None):
    """Writes a safetensors file: larger elements first, then by name."""
    if not isinstance(weights, dict) or not weights:
        raise AlgoError("%s returned no weights, expected a dict of names to tensors" % where)
    aliases = dict(aliases or {})
    arrays = {}
    for name, value in weights.items():
        if not isinstance(name, str):
            raise AlgoError("%s: a weight's name is a %s, expected a text" % (where, type(name).__name__))
        if name not in aliases:
            arrays[name] = _array(name, value, where)
    order = sorted(arrays, key=lambda name: (-arrays[name][0].itemsize, name.encode("utf-8")))
    header, at = {}, 0
    known = {alias: name for alias, name in aliases.items() if name in arrays}
    texts = dict(metadata or {})
    if known:
        texts["ward.aliases"] = json.dumps(known)
    if texts:
        header["__metadata__"] = texts
    for name in order:
        array, dtype = arrays[name]
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [at, at + array.nbytes]}
        at += array.nbytes
    head = json.dumps(header, separators=(",", ":")).encode("utf-8")
    head += b" " * (-(8 + len(head)) % 64)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(head)) + head)
        for name in order:
            array = arrays[name][0]
            if array.nbytes:
                file.write(memoryview(array.reshape(-1)).cast("B"))


def _same_storage(weights):
    """Further names of one torch tensor: alias to the first name."""
    first, aliases = {}, {}
    for name, value in weights.items():
        if _is_torch(value) and value.numel():
            key = (value.data_ptr(), value.dtype, tuple(value.shape), value.stride())
            if key in first:
                aliases[name] = first[key]
            else:
                first[key] = name
    return aliases


# ---------------------------------------------------------------- state files


def _encode(value, tensors):
    """A nested state as JSON; arrays go into `tensors`."""
    import numpy

    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, numpy.generic):
        return value.item()
    if isinstance(value, numpy.ndarray) or _is_torch(value):
        name = "t%06d" % len(tensors)
        tensors[name] = value
        return {"tensor": name, "torch": _is_torch(value)}
    if isinstance(value, dict):
        return {"dict": [[_encode(key, tensors), _encode(item, tensors)] for key, item in value.items()]}
    if isinstance(value, (list, tuple)):
        word = "list" if isinstance(value, list) else "tuple"
        return {word: [_encode(item, tensors) for item in value]}
    raise AlgoError("save_state: a state cannot hold a %s, only dicts, lists, texts, numbers, arrays"
                    " and tensors" % type(value).__name__)


def _decode(tree, file):
    if not isinstance(tree, dict):
        return tree
    if "tensor" in tree:
        array = file.arrays[tree["tensor"]]
        if not tree["torch"]:
            return array
        import torch

        return file._tensor(torch, tree["tensor"], array).clone()
    if "dict" in tree:
        return {_decode(key, file): _decode(item, file) for key, item in tree["dict"]}
    if "list" in tree:
        return [_decode(item, file) for item in tree["list"]]
    return tuple(_decode(item, file) for item in tree["tuple"])


def _write_state(path, state):
    tensors = {}
    tree = json.dumps(_encode(state, tensors))
    if not tensors:
        import numpy

        tensors["none"] = numpy.zeros(0, numpy.uint8)
    _write(path, tensors, "save_state", metadata={"ward.state": tree})


def _read_state(path):
    file = ModelFile(path)
    return _decode(json.loads(file.metadata["ward.state"]), file)


# ---------------------------------------------------------------- the three kinds of algorithm


def _field(result, name):
    value = getattr(result, name, None)
    return result.get(name) if value is None and isinstance(result, dict) else value


def _number(value):
    """A value as a finite-or-not float, or None if it is no single number."""
    import numpy

    if isinstance(value, bool):
        return float(value)
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, numpy.generic) or (
            (isinstance(value, numpy.ndarray) or _is_torch(value)) and math.prod(value.shape) == 1):
        try:
            return float(value)
        except (TypeError, ValueError):
            return None
    return None


def _numbers(values):
    """The single numbers of a dict; whatever else is in it is named in the log."""
    numbers, others = {}, []
    for name, value in (values or {}).items():
        number = _number(value)
        name = str(getattr(name, "value", name))
        if number is None:
            others.append(name)
        else:
            numbers[name] = number
    if others:
        print("ward: no single numbers, left out:", ", ".join(others))
    return numbers


def _flat(value, prefix=""):
    """Nested statistics as dotted names to numbers."""
    number = _number(value)
    if number is not None:
        return {prefix: number}
    items = ()
    if isinstance(value, dict):
        items = ((str(getattr(key, "value", key)), item) for key, item in value.items())
    elif isinstance(value, (list, tuple)) or hasattr(value, "tolist"):
        value = value.tolist() if hasattr(value, "tolist") else value
        items = ((str(index), item) for index, item in enumerate(value))
    flat = {}
    for key, item in items:
        flat.update(_flat(item, prefix + "." + key if prefix else key))
    return flat


class _Class:
    """A class with MONAI's methods."""

    def __init__(self, task):
        self.task = task
        module, _, name = task.config["name"].partition(":")
        self.label = task.config["name"]
        found = self._import(module)
        for part in name.split("."):
            found = getattr(found, part, None)
            if found is None:
                raise ConfigurationError("module %s has no class %s" % (module, name))
        if not inspect.isclass(found):
            raise ConfigurationError("%s is a %s, expected a class" % (self.label, type(found).__name__))
        stats = getattr(sys.modules.get("monai.fl.client"), "MonaiAlgoStats", None)
        if stats is not None and issubclass(found, stats) and not task.config["code"]:
            # It would evaluate whatever files a job names.
            raise ConfigurationError("a MONAI bundle is run with type: bundle and engine: monai")
        missing = [method for method in ("train", "get_weights", "evaluate")
                   if not callable(getattr(found, method, None))]
        if missing:
            raise ConfigurationError(
                "class %s has no %s; expected the methods of a ClientAlgo" % (self.label, ", ".join(missing)))
        try:
            inspect.signature(found).bind(**task.config["args"])
        except TypeError as error:
            raise ConfigurationError("args do not fit %s: %s" % (self.label, error)) from None
        except ValueError:
            pass
        self.type = found
        self.algo = None

    def _import(self, module):
        try:
            return importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name and (module == error.name or module.startswith(error.name + ".")):
                raise ConfigurationError(
                    "there is no module %s %s" % (module, self.task.config["origin"])) from None
            raise ConfigurationError("import of %s failed: %s" % (module, error)) from error
        except ImportError as error:
            raise ConfigurationError("import of %s failed: %s" % (module, error)) from error
        except SyntaxError as error:
            raise ConfigurationError("import of %s failed: syntax error in %s, line %s: %s" % (
                module, os.path.basename(error.filename or "?"), error.lineno, error.msg)) from error

    def begin(self, state):
        self.task.where("__init__")
        self.algo = self.type(**self.task.config["args"])
        self._call("initialize", self.task.extra)
        if state is not None:
            self.task.where("restore_state")
            self.restore(state)

    def restore(self, state):
        if not callable(getattr(self.algo, "restore_state", None)):
            raise ConfigurationError("%s saved a state and has no restore_state" % self.label)
        self.algo.restore_state(state)

    def state(self):
        save = getattr(self.algo, "save_state", None)
        return save() if callable(save) else None

    def _call(self, name, *arguments):
        method = getattr(self.algo, name, None)
        if not callable(method):
            return None
        self.task.where(name)
        return method(*arguments)

    def evaluate(self, data):
        self.task.where("evaluate")
        result = self.algo.evaluate(data, self.task.extra)
        if result is None:
            return {}, 0
        metrics = _field(result, "metrics")
        statistics = _field(result, "statistics") or {}
        return _numbers(metrics), self._samples(statistics, bool(metrics))

    @staticmethod
    def _samples(statistics, scored):
        samples = _number(statistics.get("num_samples"))
        return int(samples) if samples is not None else int(scored)

    def train(self, data):
        self.task.where("train")
        self.algo.train(data, self.task.extra)
        self.task.where("get_weights")
        if self.task.aborted:
            return None
        return self.algo.get_weights(self.task.extra)

    def training_samples(self, statistics):
        return int(_number(statistics.get("num_samples")) or 0)

    def initial(self):
        self.task.where("initial_weights")
        if callable(getattr(self.algo, "initial_weights", None)):
            return self.algo.initial_weights(self.task.extra)
        self.task.where("get_weights before a training")
        return self.algo.get_weights(self.task.extra)

    def stored(self, kind):
        raise _unsupported("%s keeps no %s model" % (self.label, kind))

    def statistics(self, request):
        method = getattr(self.algo, "get_data_stats", None)
        if not callable(method):
            raise _unsupported("%s has no data statistics" % self.label)
        self.task.where("get_data_stats")
        try:
            return method(dict(self.task.extra, **request))
        except NotImplementedError:
            raise _unsupported("%s has no data statistics" % self.label) from None

    def abort(self):
        if callable(getattr(self.algo, "abort", None)):
            self.algo.abort(dict(self.task.extra))

    def finalize(self):
        self._call("finalize", self.task.extra)


def _unsupported(text):
    error = AlgoError(text)
    error.kind = "unsupported"
    return error


class _Bundle(_Class):
    """A MONAI bundle, run by MONAI's own `MonaiAlgo`."""

    def __init__(self, task):
        self.task = task
        self.label = "the bundle"
        self.algo = None
        try:
            self.monai = importlib.import_module("monai.fl.client")
        except ImportError as error:
            raise ConfigurationError("the site's Python cannot import MONAI: %s" % error) from error
        args = dict(task.config["args"])
        self.overrides = args.pop("overrides", {})
        self.keep = args.pop("optimizer_state", "keep")
        if self.keep not in ("keep", "reset"):
            raise ConfigurationError("args.optimizer_state: found %r, expected keep or reset" % self.keep)
        start = args.pop("start", "untrained")
        if start not in ("untrained", "weights"):
            raise ConfigurationError("args.start: found %r, expected untrained or weights" % start)
        known = set(inspect.signature(self.monai.MonaiAlgo).parameters) - {"bundle_root"}
        for name in args:
            if name not in known:
                raise ConfigurationError("args.%s: MonaiAlgo has no such argument; it has %s"
                                         % (name, ", ".join(sorted(known))))
        self.args = args

    def begin(self, state):
        # MONAI writes into the bundle's folder, and what was signed stays as it is.
        root = os.path.join(self.task.extra["scratch"], "bundle")
        code = self.task.config["code"]
        if os.path.isfile(code):
            # What the archive holds, the client has checked.
            import zipfile

            with zipfile.ZipFile(code) as archive:
                archive.extractall(root)
            root = os.path.join(root, *os.listdir(root))
        else:
            shutil.copytree(code, root, dirs_exist_ok=True)
        site = {"output_dir": os.path.join(self.task.extra["scratch"], "output"), **self.overrides}
        if self.task.extra["dataset"]:
            site["dataset_dir"] = self.task.extra["dataset"]
        for which, stems in (("train", ["train"]), ("evaluate", ["train", "evaluate"])):
            argument = "config_%s_filename" % which
            found = self._configs(root, argument, stems)
            own = os.path.join(self.task.extra["scratch"], "site-%s.json" % which)
            with open(own, "w", encoding="utf-8") as file:
                # What the site sets comes last.
                json.dump(dict(site, **self.task.extra["site_overrides"].get(which, {})), file)
            self.args[argument] = found and found + [own]
        self.task.extra.update(fl_app_root=self.task.extra["scratch"], logging_file=False)
        self.task.where("MonaiAlgo")
        self.algo = self.monai.MonaiAlgo(bundle_root=root, **self.args)
        self._call("initialize", self.task.extra)
        if state is not None:
            self.task.where("restore_state")
            self.restore(state)

    def _configs(self, root, argument, stems):
        given = self.args.get(argument)
        if given and given != "default":
            return [given] if isinstance(given, str) else list(given)
        found = []
        for stem in stems:
            names = ["configs/%s.%s" % (stem, ending) for ending in ("json", "yaml", "yml")]
            there = [name for name in names if os.path.isfile(os.path.join(root, name))]
            if not there and stem == "train":
                raise ConfigurationError("the bundle has no configs/train.json, so it cannot be trained")
            if not there:
                return None
            found.append(there[0])
        return found

    def state(self):
        trainer = self.algo.trainer
        if self.keep == "reset" or trainer is None:
            return None
        return {"optimizer": trainer.optimizer.state_dict(), "epoch": trainer.state.epoch,
                "iteration": trainer.state.iteration}

    def restore(self, state):
        trainer = self.algo.trainer
        trainer.optimizer.load_state_dict(state["optimizer"])
        trainer.state.epoch = state["epoch"]
        trainer.state.iteration = state["iteration"]

    @staticmethod
    def _cases(engine):
        try:
            return len(engine.data_loader.dataset)
        except (AttributeError, TypeError):
            return None

    def evaluate(self, data):
        if self.algo.evaluator is None:
            return {}, 0
        metrics, _ = super().evaluate(data)
        cases = self._cases(self.algo.evaluator)
        return metrics, len(metrics) and (1 if cases is None else cases)

    def train(self, data):
        result = super().train(data)
        # MONAI reports a zero difference for tensors that the server did not send.
        if result is not None and result.weights:
            sent = data.weights
            result.weights = {name: value for name, value in result.weights.items() if name in sent}
        return result

    def training_samples(self, statistics):
        return self._cases(self.algo.trainer) or 0

    def initial(self):
        from monai.networks.utils import get_state_dict

        return ExchangeObject(weights=get_state_dict(self.algo.trainer.network),
                              weight_type=WeightType.WEIGHTS)

    def stored(self, kind):
        from monai.fl.utils.constants import ModelType

        self.task.where("get_weights")
        wanted = ModelType.BEST_MODEL if kind == "best" else ModelType.FINAL_MODEL
        if not os.path.isfile(os.path.join(self.algo.bundle_root, self.algo.model_filepaths[wanted])):
            raise _unsupported("the bundle has no %s model" % kind)
        return self.algo.get_weights(dict(self.task.extra, fl_model_type=wanted))

    def statistics(self, request):
        # MonaiAlgo's own get_data_stats fails; MonaiAlgoStats is the one that works.
        self.task.where("get_data_stats")
        stats = self.monai.MonaiAlgoStats(
            bundle_root=self.algo.bundle_root,
            config_train_filename=self.args["config_train_filename"])
        stats.initialize(self.task.extra)
        return stats.get_data_stats({"hist_bins": 100, "hist_range": [-500, 500], **request})


class _Script(_Class):
    """A training script that receives a model and sends one."""

    def __init__(self, task):
        self.task = task
        self.label = task.config["name"]
        self.path = os.path.join(task.config["code"], self.label)
        self.extra = task.extra
        self.kind = None
        self.data = None
        self.outgoing = None
        self.algo = None
        if not os.path.isfile(self.path):
            raise ConfigurationError("the job has no script %s" % self.label)

    def begin(self, state):
        if state is not None:
            raise ConfigurationError("a script keeps no state")

    def receive(self):
        if self.data is None:
            return None
        data, self.data = self.data, None
        return Model(params=data.weights, current_round=self.extra["round"],
                     total_rounds=self.extra["total_rounds"])

    def send(self, model):
        if self.outgoing is not None:
            raise AlgoError("%s called send() twice for one task" % self.label)
        self.outgoing = model

    def _run(self, data, kind):
        import runpy

        self.kind, self.data = kind, data
        self.task.where(self.label)
        sys.argv = [self.path]
        for name, value in self.task.config["args"].items():
            sys.argv += ["--" + name, value if isinstance(value, str) else json.dumps(value)]
        try:
            runpy.run_path(self.path, run_name="__main__")
        except SystemExit as error:
            if error.code not in (None, 0):
                raise
        except SyntaxError as error:
            raise ConfigurationError("syntax error in %s, line %s: %s" % (
                os.path.basename(error.filename or "?"), error.lineno, error.msg)) from error
        if self.outgoing is None:
            raise AlgoError("%s ended without send()" % self.label)

    def evaluate(self, data):
        if self.outgoing is None:
            self._run(data, "train" if self.task.kind == "train" else "evaluate")
        metrics = _numbers(self.outgoing.metrics)
        samples = _number(self.outgoing.meta.get("NUM_EVAL_SAMPLES"))
        return metrics, int(samples) if samples is not None else int(bool(metrics))

    def train(self, data):
        if self.outgoing is None:
            self._run(data, "train")
        kind = str(getattr(self.outgoing.params_type, "value", self.outgoing.params_type)).upper()
        if kind not in ("FULL", "DIFF"):
            raise AlgoError("%s sent params_type %s, expected FULL or DIFF" % (self.label, kind))
        meta = self.outgoing.meta
        return ExchangeObject(
            weights=self.outgoing.params,
            weight_type=WeightType.WEIGHTS if kind == "FULL" else WeightType.WEIGHT_DIFF,
            statistics={"num_executed_iterations": meta.get("NUM_STEPS_CURRENT_ROUND"),
                        "num_samples": meta.get("NUM_SAMPLES")})

    def state(self):
        return None

    def initial(self):
        raise _unsupported("a script cannot make a first model")

    def statistics(self, request):
        raise _unsupported("a script has no data statistics")

    def abort(self):
        pass

    def finalize(self):
        pass


_KINDS = {"class": _Class, "bundle": _Bundle, "script": _Script}


def _script():
    if _task is None or not isinstance(_task.runner, _Script):
        raise RuntimeError("ward.receive() and ward.send() are for a job's script (algorithm.script)")
    return _task.runner


# ---------------------------------------------------------------- frames


class _Frames:
    """JSON over a socket, each frame behind its length in four bytes."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(path)
        self.lock = threading.Lock()

    def write(self, message):
        data = json.dumps(message).encode("utf-8")
        with self.lock:
            self.socket.sendall(struct.pack(">I", len(data)) + data)

    def read(self):
        """The next message, or None if the other side is gone."""
        length = self._fully(4)
        if length is None:
            return None
        data = self._fully(struct.unpack(">I", length)[0])
        return None if data is None else json.loads(data.decode("utf-8"))

    def _fully(self, count):
        data = b""
        while len(data) < count:
            try:
                more = self.socket.recv(count - len(data))
            except OSError:
                return None
            if not more:
                return None
            data += more
        return data


# ---------------------------------------------------------------- one task, in a child


_task = None
_MAX_DETAIL = 1 << 16


class _Task:
    """Answers what the job's process asks, on the main thread; aborts come in on another."""

    def __init__(self, config, frames):
        self.config = config
        self.frames = frames
        self.requests = queue.Queue()
        self.aborted = False
        self.place = "import"
        self.kind = None
        self.runner = None
        self.checked = set()
        self.files = itertools.count()
        self.extra = {}

    def where(self, place):
        self.place = place

    def serve(self):
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._beat, daemon=True).start()
        while True:
            request = self.requests.get()
            operation = request["op"]
            try:
                answer = getattr(self, "do_" + operation)(request) or {}
                answer["ok"] = True
            except BaseException as error:  # the outermost frame of foreign code
                answer = self._failure(error)
            if self.aborted:
                answer = {"error": {"kind": "aborted", "message": "aborted", "detail": ""}}
            for stream in (sys.stdout, sys.stderr):
                try:
                    stream.flush()
                except (OSError, ValueError, AttributeError):
                    pass
            self.frames.write(answer)
            if operation == "finalize":
                os._exit(0)

    def _read(self):
        while True:
            message = self.frames.read()
            if message is None:
                os._exit(0)  # nobody is left to work for
            if message["op"] == "abort":
                self.aborted = True
                if self.runner is not None:
                    threading.Thread(target=self._abort, daemon=True).start()
            else:
                self.requests.put(message)

    def _abort(self):
        try:
            self.runner.abort()
        except Exception:
            traceback.print_exc()

    def _beat(self):
        while True:
            time.sleep(1)
            try:
                self.frames.write({"event": "beat"})
            except OSError:
                os._exit(0)

    def _failure(self, error):
        detail = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        if isinstance(error, AlgoError):
            kind, message = error.kind, str(error) or type(error).__name__
        elif isinstance(error, MemoryError):
            kind, message = "resource", "%s ran out of memory%s" % (self.place, self._line(error))
        else:
            kind = "failure"
            message = "%s raised %s%s" % (self.place, type(error).__name__, self._line(error))
        return {"error": {"kind": kind, "message": message[:2000], "detail": detail[-_MAX_DETAIL:]}}

    def _line(self, error):
        """Where in the author's own code, else where at all; the text may hold patient data."""
        frames = traceback.extract_tb(error.__traceback__)
        code = self.config.get("code")
        own = [frame for frame in frames if code and frame.filename.startswith(code + os.sep)]
        others = [frame for frame in frames if frame.filename != __file__]
        last = (own or others or [None])[-1]
        return "" if last is None else " at %s:%d" % (os.path.basename(last.filename), last.lineno)

    # -- operations

    def do_load(self, request):
        self.extra = request["extra"]
        self.extra["is_aborted"] = lambda: self.aborted
        os.chdir(self.extra["scratch"])
        self.place = "import of " + str(self.config["name"])
        self.runner = _KINDS[self.config["kind"]](self)

    def do_begin(self, request):
        self.kind = request["kind"]
        self._enter(request)
        state = None
        if request.get("state"):
            self.place = "restore_state"
            state = _read_state(request["state"])
        self.runner.begin(state)

    def _enter(self, request):
        """Every operation draws from the task's seed, whatever was drawn before it."""
        import numpy

        seed = request["seed"]
        self.extra.update(seed=seed, round=request["round"], total_rounds=request["total_rounds"])
        random.seed(seed)
        numpy.random.seed(seed & 0xFFFFFFFF)
        torch = sys.modules.get("torch")
        if torch is not None:
            torch.manual_seed(seed)
            torch.set_num_threads(self.extra["cpu_threads"])

    def _data(self, request):
        path = request["model"]
        file = ModelFile(path)
        if path not in self.checked:
            file.check_finite()
            self.checked.add(path)
        monai = sys.modules.get("monai.fl.utils.exchange_object")
        if monai is not None:
            from monai.fl.utils.constants import WeightType as types

            data = monai.ExchangeObject(weights=file.weights(), weight_type=types.WEIGHTS)
        else:
            data = ExchangeObject(weights=file.weights(), weight_type=WeightType.WEIGHTS)
        return data, file

    def do_evaluate(self, request):
        self._enter(request)
        data, _ = self._data(request)
        metrics, samples = self.runner.evaluate(data)
        return {"metrics": _texts(metrics), "samples": samples}

    def do_train(self, request):
        self._enter(request)
        data, file = self._data(request)
        result = self.runner.train(data)
        if self.aborted:
            return {}
        if result is None:
            raise AlgoError("get_weights returned None, expected an ExchangeObject")
        statistics = _field(result, "statistics") or {}
        steps = _number(statistics.get("num_executed_iterations"))
        if steps is None or steps != int(steps) or steps < 0:
            raise AlgoError(
                "get_weights returned num_executed_iterations %s in its statistics, expected the"
                " number of optimizer steps" % statistics.get("num_executed_iterations"))
        answer = self._weights(result, request["out"], file.aliases)
        values = _numbers({name: value for name, value in statistics.items() if _number(value) is not None})
        samples = self.runner.training_samples(statistics)
        for name in ("num_executed_iterations", "num_samples"):
            values.pop(name, None)
        answer.update(iterations=int(steps), samples=samples, values=_texts(values))
        return answer

    def _weights(self, result, path, aliases=None):
        weights = _field(result, "weights")
        kind = _field(result, "weight_type")
        kind = str(getattr(kind, "value", kind))
        if kind not in (WeightType.WEIGHTS, WeightType.WEIGHT_DIFF):
            raise AlgoError("get_weights returned weight_type %s, expected %s or %s"
                            % (kind, WeightType.WEIGHTS, WeightType.WEIGHT_DIFF))
        _write(path, weights, "get_weights", aliases)
        return {"type": "FULL" if kind == WeightType.WEIGHTS else "DIFF"}

    def do_initial(self, request):
        self._enter(request)
        result = self.runner.initial()
        weights = _field(result, "weights")
        aliases = _same_storage(weights) if isinstance(weights, dict) else {}
        return self._weights(result, request["out"], aliases)

    def do_stored(self, request):
        return self._weights(self.runner.stored(request["which"]), request["out"])

    def do_statistics(self, request):
        self._enter(request)
        result = self.runner.statistics(request.get("request") or {})
        statistics = dict(_field(result, "statistics") or {})
        features = statistics.pop("features", None)
        flat = _flat(statistics)
        samples = [int(flat[name]) for name in ("num_samples", "data_count") if name in flat]
        parts = [int(flat[part]) for part in ("train.data_count", "eval.data_count") if part in flat]
        return {"values": _texts({name: value for name, value in flat.items() if math.isfinite(value)}),
                "samples": samples[0] if samples else sum(parts),
                "features": features if isinstance(features, list) else []}

    def do_save_state(self, request):
        self.place = "save_state"
        state = self.runner.state()
        if state is None:
            return {"saved": False}
        _write_state(request["out"], state)
        return {"saved": True}

    def do_finalize(self, request):
        self.place = "finalize"
        self.runner.finalize()


def _texts(numbers):
    """Numbers as texts: JSON has neither NaN nor infinity, and their refusal is the platform's."""
    return {name: repr(float(value)) for name, value in numbers.items()}


# ---------------------------------------------------------------- the keeper

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_WATCH_SECONDS = 0.25


class _Keeper:
    """Forks a child for each task, tells how it ended, and leaves nothing of it behind."""

    def __init__(self, folder, config):
        self.folder = folder
        self.config = config
        self.libc = ctypes.CDLL(None)
        self.child = None
        self.task = None
        self.over = False

    def run(self):
        if hasattr(self.libc, "prctl"):
            self.libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.control = self._connect("control", None)
        awake, wake = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(awake, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake)
        self.pipe = (awake, wake)
        try:
            self._serve(awake)
        finally:
            self._end()

    def _serve(self, awake):
        while True:
            timeout = _WATCH_SECONDS if self.child else None
            ready, _, _ = select.select([self.control.socket, awake], [], [], timeout)
            if awake in ready:
                try:
                    os.read(awake, 4096)
                except BlockingIOError:
                    pass
            self._reap()
            if self.control.socket in ready:
                message = self.control.read()
                if message is None:
                    return
                if message["op"] == "start":
                    self._start(message["task"])
            elif self.child:
                self._watch()

    def _connect(self, role, task):
        frames = _Frames(os.path.join(self.folder, "s"))
        frames.write({
            "protocol": PROTOCOL, "token": self.config["token"], "role": role, "task": task,
            "pid": os.getpid(), "python": ".".join(map(str, sys.version_info[:3])),
            "libraries": {name: str(getattr(sys.modules[name], "__version__", "?"))
                          for name in ("numpy", "torch", "monai") if name in sys.modules},
        })
        return frames

    def _start(self, task):
        if self.child:
            _kill_group(self.child)
            self._ended(*os.waitpid(self.child, 0))
        self._sweep()
        self.over = False
        self.task = task
        parent = os.getpid()
        child = os.fork()
        if child == 0:
            code = 70
            try:
                self._become_task(task, parent)
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        self.child = child

    def _become_task(self, task, parent):
        global _task
        os.setsid()
        if hasattr(self.libc, "prctl"):
            self.libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(0)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for descriptor in (*self.pipe, self.control.socket.fileno()):
            os.close(descriptor)
        self.control.socket.detach()
        # A core dump would hold patient data.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if not self.config["gpus"]:
            limit = self.config["memory"] + (1 << 30)
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
        _task = _Task(self.config, self._connect("task", task))
        _task.serve()

    def _reap(self):
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self.child:
                self._ended(pid, status)

    def _ended(self, pid, status):
        self.child = None
        code = os.waitstatus_to_exitcode(status)
        try:
            self.control.write({"event": "exit", "task": self.task, "code": code, "memory": self.over})
        except OSError:
            pass  # the job's process is gone; its end of the socket says so next
        _kill_group(pid)
        self._sweep()

    def _sweep(self):
        """Whatever a task left running has become this process's child."""
        while True:
            left = [pid for pid, parent in _parents().items() if parent == os.getpid() and pid != self.child]
            if not left:
                return
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
                except (ProcessLookupError, ChildProcessError):
                    pass

    def _watch(self):
        parents = _parents()
        family, new = set(), {self.child}
        while new:
            family |= new
            new = {pid for pid, parent in parents.items() if parent in family} - family
        if sum(map(_memory, family)) > self.config["memory"]:
            self.over = True
            _kill_group(self.child)

    def _end(self):
        if self.child:
            _kill_group(self.child)
            try:
                os.waitpid(self.child, 0)
            except ChildProcessError:
                pass
            self.child = None
        self._sweep()
        shutil.rmtree(self.folder, ignore_errors=True)
        os._exit(0)


def _kill_group(pid):
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass


def _parents():
    """Every process and its parent."""
    parents = {}
    if not os.path.isdir("/proc/self"):
        return parents
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name, "rb") as file:
                    parents[int(name)] = int(file.read().rpartition(b")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                pass
    return parents


def _memory(pid):
    """Bytes of its own; what it maps from files does not count."""
    total = 0
    try:
        with open("/proc/%d/status" % pid, "rb") as file:
            for line in file:
                if line.startswith((b"RssAnon:", b"RssShmem:")):
                    total += int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return total


def _preload(config):
    """Imports the algorithm's module before any task; a failure is told by the task that needs it."""
    module = {"class": str(config["name"]).partition(":")[0], "bundle": "monai.fl.client"}.get(config["kind"])
    if module:
        try:
            importlib.import_module(module)
        except BaseException:
            sys.modules.pop(module, None)


def _main(folder, preload):
    try:
        os.setsid()
    except PermissionError:
        pass
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    sys.modules["ward"] = sys.modules["__main__"]
    # This folder comes last: `import ward` works in processes that an algorithm starts too.
    sys.path[:] = [entry for entry in sys.path if entry != folder] + [folder]
    if config["code"] and config["kind"] != "bundle":
        sys.path.insert(0, config["code"])
    try:
        import numpy  # noqa: F401
    except ImportError as error:
        sys.exit("ward: this Python cannot import numpy: %s" % error)
    if preload and not config["gpus"]:
        _preload(config)
        if threading.active_count() > 1:
            # Threads do not survive a fork: start again, and import in each child.
            os.execv(sys.executable, [sys.executable, "-B", "-u", __file__, folder, "plain"])
    _Keeper(folder, config).run()


if __name__ == "__main__":
    _main(sys.argv[1], len(sys.argv) < 3)
