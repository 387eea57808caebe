package org.wardfl.algo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ArgumentsTest {

  private static final Arguments SOME =
      new Arguments(
          Map.of(
              "name",
              "adam",
              "epochs",
              3L,
              "rate",
              0.5,
              "shuffle",
              false,
              "columns",
              List.of("age", "dose"),
              "layers",
              List.of(16L, 8L),
              "optimizer",
              Map.of("momentum", 0.9)));

  @Test
  void valuesAreReadByTheirType() throws Exception {
    assertThat(SOME.string("name")).isEqualTo("adam");
    assertThat(SOME.integer("epochs")).isEqualTo(3);
    assertThat(SOME.number("rate")).isEqualTo(0.5);
    assertThat(SOME.number("epochs")).isEqualTo(3);
    assertThat(SOME.bool("shuffle", true)).isFalse();
    assertThat(SOME.strings("columns", List.of())).containsExactly("age", "dose");
    assertThat(SOME.integers("layers", List.of())).containsExactly(16L, 8L);
    assertThat(SOME.nested("optimizer").orElseThrow().number("momentum")).isEqualTo(0.9);
  }

  @Test
  void whatIsAbsentHasItsDefault() throws Exception {
    var none = Arguments.none();
    assertThat(none.has("name")).isFalse();
    assertThat(none.string("name", "sgd")).isEqualTo("sgd");
    assertThat(none.integer("epochs", 7)).isEqualTo(7);
    assertThat(none.number("rate", 0.1)).isEqualTo(0.1);
    assertThat(none.bool("shuffle", true)).isTrue();
    assertThat(none.strings("columns", List.of("x"))).containsExactly("x");
    assertThat(none.integers("layers", List.of(1L))).containsExactly(1L);
    assertThat(none.nested("optimizer")).isEmpty();
  }

  @Test
  void whatIsWrongIsSaidWithKeyFoundAndExpected() {
    assertRefused(() -> SOME.string("missing"), "argument `missing` is missing; expected a text");
    assertRefused(() -> SOME.string("epochs"), "argument `epochs`: found 3, expected a text");
    assertRefused(
        () -> SOME.integer("rate"), "argument `rate`: found 0.5, expected a whole number");
    assertRefused(() -> SOME.number("name"), "argument `name`: found adam, expected a number");
    assertRefused(
        () -> SOME.bool("name", true), "argument `name`: found adam, expected true or false");
    assertRefused(
        () -> SOME.integers("columns", List.of()),
        "argument `columns`: found age in the list, expected a list of whole numbers");
    assertRefused(
        () -> SOME.strings("name", List.of()),
        "argument `name`: found adam, expected a list of texts");
    assertRefused(() -> SOME.nested("rate"), "argument `rate`: found 0.5, expected a mapping");
  }

  @Test
  void aWrongValueIsNotReplacedByTheDefault() {
    assertRefused(
        () -> SOME.integer("name", 1), "argument `name`: found adam, expected a whole number");
  }

  @Test
  void unknownKeysAreRefused() throws Exception {
    var two = new Arguments(new LinkedHashMap<>(Map.of("epochs", 1L)));
    assertThat(two.only("rate", "epochs")).isSameAs(two);
    assertRefused(
        () -> two.only("rate", "epoch"), "unknown argument `epochs`; expected one of rate, epoch");
  }

  @Test
  void copiesAreDeepAndImmutable() throws Exception {
    var layers = new ArrayList<Object>(List.of(4));
    var values = new LinkedHashMap<String, Object>();
    values.put("z", layers);
    values.put("a", 1);
    var arguments = new Arguments(values);
    layers.add(5);
    values.clear();
    assertThat(arguments.values().keySet()).containsExactly("z", "a");
    // An int of the YAML reader is the same as a long.
    assertThat(arguments.integers("z", List.of())).containsExactly(4L);
    assertThat(arguments.integer("a")).isEqualTo(1);
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> arguments.values().put("b", 1L));
  }

  @Test
  void otherTypesAreNoSettings() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Arguments(Map.of("when", java.time.Instant.EPOCH)))
        .withMessage("a setting cannot be a java.time.Instant");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Arguments(Map.of("list", List.of(1f))));
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatExceptionOfType(AlgoException.Configuration.class)
        .isThrownBy(call)
        .withMessage(message);
  }
}
