package org.wardfl.algo.convert;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads a pickle as data.
///
/// The opcodes are those that PyTorch and TorchScript write and a state dict needs (protocols 2 to
/// 4). Every class and function is looked up by name in [TorchGlobals] before anything else is
/// read; there is no way from here to code.
final class PickleMachine {

  private static final int MAX_STACK = 4_000_000;

  private final PickleInput input;
  private final TorchGlobals globals;
  private final Map<Integer, Pickled> memo = new HashMap<>();
  private final List<List<Pickled>> outer = new ArrayList<>();
  private List<Pickled> stack = new ArrayList<>();

  private PickleMachine(byte[] pickle, TorchGlobals globals) {
    this.input = new PickleInput(pickle);
    this.globals = globals;
  }

  /// @throws WeightsException if an opcode, a name or a number is refused
  static Pickled read(byte[] pickle, TorchGlobals globals) throws WeightsException {
    return new PickleMachine(pickle, globals).run();
  }

  private Pickled run() throws WeightsException {
    while (true) {
      var opcode = input.next();
      if (opcode == Opcode.STOP) {
        if (!outer.isEmpty() || stack.size() != 1) {
          throw input.refused("leaves " + stack.size() + " values, expected one");
        }
        return stack.getFirst();
      }
      step(opcode);
      if (stack.size() + outer.size() > MAX_STACK) {
        throw input.refused("makes the pickle hold more than " + MAX_STACK + " values at once");
      }
    }
  }

  private void step(Opcode opcode) throws WeightsException {
    switch (opcode) {
      case PROTO -> protocol(input.u1());
      case FRAME -> input.i8();
      case MARK -> {
        outer.add(stack);
        stack = new ArrayList<>();
      }
      case NONE -> push(new Pickled.Nothing());
      case NEWTRUE -> push(new Pickled.Truth(true));
      case NEWFALSE -> push(new Pickled.Truth(false));
      case BININT -> push(new Pickled.Whole(input.i4()));
      case BININT1 -> push(new Pickled.Whole(input.u1()));
      case BININT2 -> push(new Pickled.Whole(input.u2()));
      case LONG1 -> push(new Pickled.Whole(input.whole(input.u1())));
      case LONG4 -> push(new Pickled.Whole(input.whole(input.i4())));
      case BINFLOAT -> push(new Pickled.Real(input.bigEndianDouble()));
      case BINUNICODE -> push(new Pickled.Text(input.text(Integer.toUnsignedLong(input.i4()))));
      case SHORT_BINUNICODE -> push(new Pickled.Text(input.text(input.u1())));
      case EMPTY_DICT -> push(new Pickled.Dictionary());
      case EMPTY_LIST -> push(new Pickled.Sequence());
      case EMPTY_TUPLE -> push(new Pickled.Tuple(List.of()));
      case TUPLE -> push(new Pickled.Tuple(popToMark()));
      case TUPLE1 -> push(new Pickled.Tuple(popLast(1)));
      case TUPLE2 -> push(new Pickled.Tuple(popLast(2)));
      case TUPLE3 -> push(new Pickled.Tuple(popLast(3)));
      case APPEND -> append(popLast(1));
      case APPENDS -> append(popToMark());
      case SETITEM -> setItems(popLast(2));
      case SETITEMS -> setItems(popToMark());
      case BINPUT -> memo.put(input.u1(), top());
      case LONG_BINPUT -> memo.put(input.i4(), top());
      case MEMOIZE -> memo.put(memo.size(), top());
      case BINGET -> push(remembered(input.u1()));
      case LONG_BINGET -> push(remembered(input.i4()));
      case GLOBAL -> global(input.line(), input.line());
      case STACK_GLOBAL -> {
        var names = popLast(2);
        if (!(names.get(0) instanceof Pickled.Text(var module))
            || !(names.get(1) instanceof Pickled.Text(var name))) {
          throw input.refused("names a class by other things than texts");
        }
        global(module, name);
      }
      case REDUCE -> {
        var call = popLast(2);
        push(globals.call(callee(call.get(0)), arguments(call.get(1)), input));
      }
      case NEWOBJ -> {
        var call = popLast(2);
        push(globals.instance(callee(call.get(0)), arguments(call.get(1)), input));
      }
      case BUILD -> build(pop());
      case BINPERSID -> push(globals.storage(pop(), input));
      default ->
          throw input.refused(
              "has no place in a state dict; save torch.save(model.state_dict(), FILE) again with a"
                  + " current PyTorch");
    }
  }

  private void protocol(int version) throws WeightsException {
    if (version < 2 || version > 4 || input.position() != 2) {
      throw input.refused("says protocol " + version + ", expected 2 to 4 at the start");
    }
  }

  private void global(String module, String name) throws WeightsException {
    var global = new Pickled.Global(module, name);
    if (!globals.isKnown(global)) {
      throw input.refused(
          "names "
              + shown(global)
              + ", which no state dict needs; nothing of the file was run. If you trust whoever"
              + " made it, load it in PyTorch and save torch.save(model.state_dict(), FILE)");
    }
    push(global);
  }

  private static String shown(Pickled.Global global) {
    return global.toString().replaceAll("\\p{Cntrl}", "?");
  }

  private void append(List<Pickled> elements) throws WeightsException {
    if (!(top() instanceof Pickled.Sequence list)) {
      throw input.refused("appends to " + top().kind() + ", expected a list");
    }
    list.elements.addAll(elements);
  }

  private void setItems(List<Pickled> items) throws WeightsException {
    if (!(top() instanceof Pickled.Dictionary dictionary) || items.size() % 2 != 0) {
      throw input.refused("sets members of " + top().kind() + ", expected pairs for a dictionary");
    }
    for (int i = 0; i < items.size(); i += 2) {
      switch (items.get(i)) {
        case Pickled.Text _, Pickled.Whole _, Pickled.Truth _, Pickled.Real _, Pickled.Nothing _ ->
            dictionary.members.put(items.get(i), items.get(i + 1));
        case Pickled.Tuple _,
            Pickled.Sequence _,
            Pickled.Dictionary _,
            Pickled.Global _,
            Pickled.Storage _,
            Pickled.TensorView _,
            Pickled.Instance _ ->
            throw input.refused(
                "uses " + items.get(i).kind() + " as a key, expected a text or a number");
      }
    }
  }

  private void build(Pickled state) throws WeightsException {
    switch (top()) {
      // Attributes of an OrderedDict: PyTorch keeps `_metadata` there, versions of modules.
      case Pickled.Dictionary _ -> {}
      case Pickled.Instance instance -> instance.state = state;
      case Pickled.Nothing _,
          Pickled.Text _,
          Pickled.Whole _,
          Pickled.Real _,
          Pickled.Truth _,
          Pickled.Tuple _,
          Pickled.Sequence _,
          Pickled.Global _,
          Pickled.Storage _,
          Pickled.TensorView _ ->
          throw input.refused("sets attributes of " + top().kind() + ", expected an OrderedDict");
    }
  }

  private Pickled.Global callee(Pickled value) throws WeightsException {
    if (value instanceof Pickled.Global global) {
      return global;
    }
    throw input.refused("calls " + value.kind() + ", expected a name");
  }

  private List<Pickled> arguments(Pickled value) throws WeightsException {
    if (value instanceof Pickled.Tuple(var elements)) {
      return elements;
    }
    throw input.refused("calls with " + value.kind() + ", expected a tuple");
  }

  private Pickled remembered(int index) throws WeightsException {
    var value = memo.get(index);
    if (value == null) {
      throw input.refused("refers to value " + index + ", which was never kept");
    }
    return value;
  }

  private void push(Pickled value) {
    stack.add(value);
  }

  private Pickled top() throws WeightsException {
    if (stack.isEmpty()) {
      throw input.refused("finds no value");
    }
    return stack.getLast();
  }

  private Pickled pop() throws WeightsException {
    var value = top();
    stack.removeLast();
    return value;
  }

  private List<Pickled> popLast(int count) throws WeightsException {
    if (stack.size() < count) {
      throw input.refused("finds " + stack.size() + " values, expected " + count);
    }
    var last = stack.subList(stack.size() - count, stack.size());
    var values = List.copyOf(last);
    last.clear();
    return values;
  }

  private List<Pickled> popToMark() throws WeightsException {
    if (outer.isEmpty()) {
      throw input.refused("finds no mark");
    }
    var values = stack;
    stack = outer.removeLast();
    return values;
  }
}
