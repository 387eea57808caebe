package org.wardfl.server.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Contrast of the style sheet's colours, by WCAG 2.2: 4.5 for text, 3 for lines and areas.
class PaletteTest {

  private static final Pattern THEME = Pattern.compile(":root \\{(.*?)\\}", Pattern.DOTALL);
  private static final Pattern COLOUR = Pattern.compile("--([\\w-]+): #([0-9a-f]{6});");

  @Test
  void textAndLinesStandOutInEveryTheme() throws IOException {
    var themes = themes();
    assertThat(themes).as("light, dark and print").hasSize(3);
    for (var theme : themes) {
      for (var ground : List.of("paper", "panel")) {
        assertThat(contrast(theme, "ink", ground)).isGreaterThan(4.5);
        assertThat(contrast(theme, "soft", ground)).isGreaterThan(4.5);
        for (int colour = 0; colour < 8; colour++) {
          assertThat(contrast(theme, "c" + colour, ground)).as("c" + colour).isGreaterThan(3);
        }
      }
      for (var tag : List.of("good", "bad", "warn")) {
        assertThat(contrast(theme, tag, tag + "-paper")).as(tag).isGreaterThan(4.5);
      }
    }
  }

  private static List<Map<String, String>> themes() throws IOException {
    try (var in = PaletteTest.class.getResourceAsStream("report.css")) {
      var css = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      var themes = new ArrayList<Map<String, String>>();
      var theme = THEME.matcher(css);
      while (theme.find()) {
        var colours = new HashMap<String, String>();
        var colour = COLOUR.matcher(theme.group(1));
        while (colour.find()) {
          colours.put(colour.group(1), colour.group(2));
        }
        themes.add(colours);
      }
      return themes;
    }
  }

  private static double contrast(Map<String, String> theme, String one, String other) {
    double a = luminance(Objects.requireNonNull(theme.get(one), one));
    double b = luminance(Objects.requireNonNull(theme.get(other), other));
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }

  private static double luminance(String hex) {
    return 0.2126 * linear(hex, 0) + 0.7152 * linear(hex, 2) + 0.0722 * linear(hex, 4);
  }

  private static double linear(String hex, int at) {
    double value = Integer.parseInt(hex, at, at + 2, 16) / 255.0;
    return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
  }
}
