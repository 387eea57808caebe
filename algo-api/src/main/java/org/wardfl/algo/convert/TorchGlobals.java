package org.wardfl.algo.convert;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Shape;

/// The names that PyTorch writes into a pickle of tensors, and what each means here (PyTorch
/// `torch/serialization.py`, `torch/_utils.py`; TorchScript
/// `torch/csrc/jit/serialization/pickler.cpp`).
///
/// @param isScript whether the archive is TorchScript's, whose objects are of classes that lie in
///   the archive itself
record TorchGlobals(boolean isScript) {

  private static final Map<String, DType> STORAGES =
      Map.ofEntries(
          Map.entry("HalfStorage", DType.F16),
          Map.entry("BFloat16Storage", DType.BF16),
          Map.entry("FloatStorage", DType.F32),
          Map.entry("DoubleStorage", DType.F64),
          Map.entry("CharStorage", DType.I8),
          Map.entry("ByteStorage", DType.U8),
          Map.entry("ShortStorage", DType.I16),
          Map.entry("IntStorage", DType.I32),
          Map.entry("LongStorage", DType.I64),
          Map.entry("BoolStorage", DType.BOOL));

  /// The names of `torch.dtype`.
  static final Map<String, DType> DTYPES =
      Map.ofEntries(
          Map.entry("float16", DType.F16),
          Map.entry("bfloat16", DType.BF16),
          Map.entry("float32", DType.F32),
          Map.entry("float64", DType.F64),
          Map.entry("int8", DType.I8),
          Map.entry("uint8", DType.U8),
          Map.entry("int16", DType.I16),
          Map.entry("uint16", DType.U16),
          Map.entry("int32", DType.I32),
          Map.entry("uint32", DType.U32),
          Map.entry("int64", DType.I64),
          Map.entry("uint64", DType.U64),
          Map.entry("bool", DType.BOOL));

  private static final Set<String> CALLED =
      Set.of(
          "collections.OrderedDict",
          "torch._utils._rebuild_tensor",
          "torch._utils._rebuild_tensor_v2",
          "torch._utils._rebuild_tensor_v3",
          "torch._utils._rebuild_parameter",
          "torch._utils._rebuild_parameter_with_state",
          "torch.Size",
          "torch.device");

  private static final Set<String> CALLED_BY_SCRIPT =
      Set.of(
          "torch.jit._pickle.build_intlist",
          "torch.jit._pickle.build_doublelist",
          "torch.jit._pickle.build_boollist",
          "torch.jit._pickle.build_tensorlist",
          "torch.jit._pickle.restore_type_tag");

  boolean isKnown(Pickled.Global global) {
    return CALLED.contains(global.toString())
        || storageType(global)
        || (global.module().equals("torch") && DTYPES.containsKey(global.name()))
        || (isScript && CALLED_BY_SCRIPT.contains(global.toString()))
        || isScriptClass(global);
  }

  /// What a call of that name with these arguments stands for.
  Pickled call(Pickled.Global callee, List<Pickled> arguments, PickleInput at)
      throws WeightsException {
    return switch (callee.toString()) {
      case "collections.OrderedDict" -> ordered(arguments, at);
      case "torch._utils._rebuild_tensor",
          "torch._utils._rebuild_tensor_v2",
          "torch._utils._rebuild_tensor_v3" ->
          tensor(callee, arguments, at);
      case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state" ->
          argument(callee, arguments, 0, Pickled.TensorView.class, at);
      case "torch.Size" -> argument(callee, arguments, 0, Pickled.Tuple.class, at);
      case "torch.device" -> new Pickled.Instance(callee);
      case "torch.jit._pickle.restore_type_tag",
          "torch.jit._pickle.build_intlist",
          "torch.jit._pickle.build_doublelist",
          "torch.jit._pickle.build_boollist",
          "torch.jit._pickle.build_tensorlist" ->
          argument(callee, arguments, 0, Pickled.class, at);
      default -> throw at.refused("calls " + callee + ", which is not to be called here");
    };
  }

  /// An object of a class of the archive's own.
  Pickled instance(Pickled.Global type, List<Pickled> arguments, PickleInput at)
      throws WeightsException {
    if (!isScriptClass(type) || !arguments.isEmpty()) {
      throw at.refused("makes an object of " + type + ", which no state dict needs");
    }
    return new Pickled.Instance(type);
  }

  /// The storage that a persistent id names.
  Pickled storage(Pickled id, PickleInput at) throws WeightsException {
    if (!(id instanceof Pickled.Tuple(var parts))
        || parts.size() < 5
        || !parts.get(0).equals(new Pickled.Text("storage"))
        || !(parts.get(1) instanceof Pickled.Global type)
        || !(parts.get(2) instanceof Pickled.Text(var key))
        || !(parts.get(4) instanceof Pickled.Whole(long elements))) {
      throw at.refused("names no storage, expected ('storage', type, key, device, size)");
    }
    if (!storageType(type)) {
      throw at.refused("names a storage of type " + type + ", expected one of PyTorch's");
    }
    if (elements < 0) {
      throw at.refused("names a storage of " + elements + " elements");
    }
    return new Pickled.Storage(Optional.ofNullable(STORAGES.get(type.name())), key, elements);
  }

  private boolean isScriptClass(Pickled.Global global) {
    return isScript
        && (global.module().equals("__torch__") || global.module().startsWith("__torch__."));
  }

  private static boolean storageType(Pickled.Global global) {
    return (global.module().equals("torch") && STORAGES.containsKey(global.name()))
        || global.toString().equals("torch.storage.UntypedStorage");
  }

  private static Pickled ordered(List<Pickled> arguments, PickleInput at) throws WeightsException {
    if (!arguments.isEmpty()) {
      throw at.refused("makes an OrderedDict with arguments, expected none");
    }
    return new Pickled.Dictionary();
  }

  private static Pickled tensor(Pickled.Global callee, List<Pickled> arguments, PickleInput at)
      throws WeightsException {
    var storage = argument(callee, arguments, 0, Pickled.Storage.class, at);
    long offset = argument(callee, arguments, 1, Pickled.Whole.class, at).value();
    var extents = wholes(callee, argument(callee, arguments, 2, Pickled.Tuple.class, at), at);
    var steps = wholes(callee, argument(callee, arguments, 3, Pickled.Tuple.class, at), at);
    var dtype =
        callee.name().equals("_rebuild_tensor_v3")
            ? Optional.ofNullable(
                DTYPES.get(argument(callee, arguments, 6, Pickled.Global.class, at).name()))
            : storage.dtype();
    if (dtype.isEmpty()) {
      throw at.refused("makes a tensor of an unknown type");
    }
    if (steps.size() != extents.size() || offset < 0 || steps.stream().anyMatch(s -> s < 0)) {
      throw at.refused(
          "makes a tensor with offset "
              + offset
              + ", shape "
              + extents
              + " and strides "
              + steps
              + ", expected none below 0 and as many strides as extents");
    }
    try {
      var shape = new Shape(extents);
      return new Pickled.TensorView(storage, dtype.get(), shape, new Strides(offset, steps));
    } catch (IllegalArgumentException e) {
      throw at.refused("makes a tensor: " + e.getMessage());
    }
  }

  private static List<Long> wholes(Pickled.Global callee, Pickled.Tuple tuple, PickleInput at)
      throws WeightsException {
    var values = new ArrayList<Long>();
    for (var element : tuple.elements()) {
      if (!(element instanceof Pickled.Whole(long value))) {
        throw at.refused("calls " + callee + " with " + element.kind() + " in a shape");
      }
      values.add(value);
    }
    return values;
  }

  private static <T extends Pickled> T argument(
      Pickled.Global callee, List<Pickled> arguments, int index, Class<T> type, PickleInput at)
      throws WeightsException {
    if (index >= arguments.size() || !type.isInstance(arguments.get(index))) {
      throw at.refused(
          "calls "
              + callee
              + " with "
              + (index >= arguments.size() ? "too few" : "other")
              + " arguments than PyTorch does");
    }
    return type.cast(arguments.get(index));
  }
}
