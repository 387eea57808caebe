package org.wardfl.proto.job;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wardfl.algo.Arguments;
import org.wardfl.proto.WireException;
import org.wardfl.proto.wire.Argument;
import org.wardfl.proto.wire.Value;
import org.wardfl.proto.wire.ValueList;

/// [Arguments] as protobuf, in the order of the job file.
public final class ArgumentsCodec {

  private static final int MAX_DEPTH = 32;

  private ArgumentsCodec() {}

  /// The message for these settings.
  public static org.wardfl.proto.wire.Arguments toWire(Arguments arguments) {
    return mapToWire(arguments.values());
  }

  /// The settings in this message.
  ///
  /// @throws WireException if a value is absent, a name is repeated or the nesting exceeds 32
  public static Arguments fromWire(org.wardfl.proto.wire.Arguments wire) throws WireException {
    return new Arguments(mapFromWire(wire, 0));
  }

  private static org.wardfl.proto.wire.Arguments mapToWire(Map<?, ?> values) {
    var builder = org.wardfl.proto.wire.Arguments.newBuilder();
    values.forEach((name, value) ->
        builder.addEntries(
            Argument.newBuilder().setName((String) name).setValue(valueToWire(value))));
    return builder.build();
  }

  private static Value valueToWire(Object value) {
    var builder = Value.newBuilder();
    switch (value) {
      case String text -> builder.setText(text);
      case Long whole -> builder.setWhole(whole);
      case Double number -> builder.setNumber(number);
      case Boolean truth -> builder.setTruth(truth);
      case List<?> list -> {
        var values = ValueList.newBuilder();
        list.forEach(element -> values.addValues(valueToWire(element)));
        builder.setList(values);
      }
      case Map<?, ?> map -> builder.setMap(mapToWire(map));
      default ->
          throw new IllegalArgumentException("a setting cannot be a " + value.getClass().getName());
    }
    return builder.build();
  }

  private static Map<String, Object> mapFromWire(org.wardfl.proto.wire.Arguments wire, int depth)
      throws WireException {
    var map = new LinkedHashMap<String, Object>();
    for (var entry : wire.getEntriesList()) {
      if (map.put(entry.getName(), valueFromWire(entry.getValue(), depth + 1)) != null) {
        throw new WireException("setting `" + entry.getName() + "` is given twice");
      }
    }
    return map;
  }

  private static Object valueFromWire(Value wire, int depth) throws WireException {
    if (depth > MAX_DEPTH) {
      throw new WireException("settings are nested more than " + MAX_DEPTH + " deep");
    }
    return switch (wire.getKindCase()) {
      case TEXT -> wire.getText();
      case WHOLE -> wire.getWhole();
      case NUMBER -> wire.getNumber();
      case TRUTH -> wire.getTruth();
      case LIST -> {
        var list = new java.util.ArrayList<>();
        for (var element : wire.getList().getValuesList()) {
          list.add(valueFromWire(element, depth + 1));
        }
        yield list;
      }
      case MAP -> mapFromWire(wire.getMap(), depth + 1);
      case KIND_NOT_SET -> throw new WireException("a setting has no value");
    };
  }
}
