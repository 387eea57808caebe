package org.wardfl.client.control;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The members of a JSON object, of which those of another type are as if they were not there.
///
/// @param json the object
record Members(Map<String, @Nullable Object> json) {

  String text(String name) {
    return optionalText(name).orElse("");
  }

  Optional<String> optionalText(String name) {
    return json.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  long number(String name) {
    return json.get(name) instanceof Long number ? number : 0;
  }

  boolean truth(String name) {
    return Boolean.TRUE.equals(json.get(name));
  }
}
