package org.wardfl.algo.bundle.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class ExpressionTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "__import__('os')",
        "os.system('x')",
        "open('x')",
        "x.y",
        "lambda: 1",
        "import os",
        "[i.__class__ for i in @a]",
        "f'{x}'",
        "eval('1')",
        "@a.pop()",
        "torch.device('cpu')",
        "[__import__ for __import__ in [1]]",
        "().__class__",
        "getattr(@a, 'x')",
        "(lambda: 1)()",
        "@a()",
        "@a[0]()",
        "'%s' % 1",
        "b'x'",
        "1 if",
        "x := 1",
        "{1, 2}",
        "print(1)",
        "[len for len in @a]",
        "f'{@a!r}'",
        "'@a'",
        "len.__self__",
        "'a' 'b'",
        "0x10",
        "007",
        "1j",
        "@a @ @b",
        "~1",
        "1 << 9999",
        "sorted(@a, key=len)",
        "exec('')",
        "''.join(@a)"
      })
  void codeIsOpaque(String expression) {
    assertThat(Expression.isPlain(expression) && isKnown(expression)).isFalse();
  }

  private static boolean isKnown(String expression) {
    try {
      return !(value(expression) instanceof Value.Unknown);
    } catch (ExpressionException _) {
      return false;
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "9 ** 9 ** 9; a whole number beyond 64 bits",
        "9999999999999999999; a whole number beyond 64 bits",
        "'a' * 999999999999; more than 2000000 steps",
        "[0] * 999999999; more than 2000000 steps",
        "list(range(10 ** 12)); more than 2000000 steps",
        "[a for a in range(9999) for b in range(9999)]; more than 2000000 steps",
        "sum(range(9999999)); more than 2000000 steps",
        "2.5 ** 1000.5; a power with another exponent"
      })
  void costlyExpressionsAreLeftAlone(String expression, String why) {
    assertThatThrownBy(() -> value(expression))
        .isInstanceOfSatisfying(ExpressionException.class, e -> assertThat(e.isWrong()).isFalse())
        .hasMessageStartingWith(why);
  }

  @Test
  void deepAndLongOnesAreLeftAlone() {
    for (var expression :
        List.of(
            "(".repeat(1000) + "1" + ")".repeat(1000),
            "-".repeat(5000) + "1",
            "not ".repeat(2000) + "1",
            "1" + "+1".repeat(4000),
            "@a" + "[0]".repeat(2000),
            "2 ** ".repeat(900) + "1",
            " ".repeat(20_000) + "1".repeat(20_000),
            "[".repeat(500))) {
      assertThat(Expression.isPlain(expression)).as(expression.substring(0, 20)).isFalse();
    }
  }

  @Test
  void rangesAreNotCountedOut() throws Exception {
    assertThat(value("len(range(10 ** 15))")).isEqualTo(new Value.Whole(1_000_000_000_000_000L));
    assertThat(value("range(10 ** 15)[7::3][2]")).isEqualTo(new Value.Whole(13));
  }

  @Test
  void whatIsUnknownMakesUnknownWhatIsMadeOfItAndNothingElse() throws Exception {
    assertThat(value("len([@object, 1])")).isEqualTo(new Value.Whole(2));
    assertThat(value("[@object, 1][1]")).isEqualTo(new Value.Whole(1));
    assertThatThrownBy(() -> value("@object == 1")).hasMessage("made by code");
    assertThatThrownBy(() -> value("[@object] == [1]")).hasMessage("made by code");
  }

  @Test
  void filesAreAskedOfTheSite() throws Exception {
    SiteFiles files = pattern -> List.of(pattern.replace("*", "1"), pattern.replace("*", "2"));
    var value =
        Expression.parse("[{'image': i} for i in sorted(glob.glob('/d/*.nii'))][:-1]")
            .value(ExpressionTest::reference, files, new Budget());
    assertThat(value.toString()).contains("/d/1.nii").doesNotContain("/d/2.nii");
    assertThatThrownBy(() -> value("glob.glob('/etc/*')"))
        .hasMessage("which files there are, only a site can tell");
  }

  private static Value value(String expression) throws ExpressionException {
    return Expression.parse(expression)
        .value(ExpressionTest::reference, SiteFiles.NONE, new Budget());
  }

  private static Value reference(String id) {
    return id.equals("object")
        ? new Value.Unknown("made by code")
        : new Value.Items(List.of(new Value.Whole(1)));
  }
}
