package org.wardfl.provisioning.rights;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlList;
import org.wardfl.provisioning.yaml.YamlMapping;
import org.wardfl.provisioning.yaml.YamlNode;
import org.wardfl.provisioning.yaml.YamlScalar;

/// When something is allowed, in FLARE's grammar: one term, or a list of them.
///
/// Terms: `any` (`all`), `none` (`no`), `o:site`, `o:submitter`, `o:<organization>`, `n:submitter`,
/// `n:<name>`, each also after `not`. Case and spaces do not matter. Of a list, a matching `not`
/// term denies first; then any other matching term allows; a list of `not` terms only allows
/// otherwise. A term about the submitter where there is none cannot be decided, and denies in
/// either form.
///
/// @param terms at least one, normalized
public record Condition(List<String> terms) {

  private static final String NOT = "not ";

  /// Copies.
  public Condition {
    terms = List.copyOf(terms);
  }

  /// Reads the value of a key.
  ///
  /// @throws YamlException if a term is unknown
  public static Condition read(YamlMapping mapping, String key) throws YamlException {
    return read(mapping, key, mapping.node(key));
  }

  private static Condition read(YamlMapping mapping, String key, YamlNode node)
      throws YamlException {
    var texts =
        switch (node) {
          case YamlScalar scalar -> List.of(scalar.text());
          case YamlList list -> list.strings();
          case YamlMapping _ ->
              throw mapping.error(key, "found a mapping, expected a condition or a list of them");
        };
    if (texts.isEmpty()) {
      throw mapping.error(key, "an empty list of conditions; write none to allow nobody");
    }
    var terms = new ArrayList<String>();
    for (var text : texts) {
      terms.add(
          normalize(text)
              .orElseThrow(() ->
                  mapping.error(
                      key,
                      "condition '"
                          + text
                          + "', expected any, none, o:site, o:submitter, o:<organization>,"
                          + " n:submitter, n:<name>, or not before one of these")));
    }
    return new Condition(terms);
  }

  private static Optional<String> normalize(String text) {
    var term = text.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ").replace(": ", ":");
    term = term.replace(" :", ":");
    var positive = term.startsWith(NOT) ? term.substring(NOT.length()) : term;
    positive =
        switch (positive) {
          case "all" -> "any";
          case "no" -> "none";
          default -> positive;
        };
    boolean known =
        positive.equals("any") || positive.equals("none") || positive.matches("[on]:[^ ]+");
    return known ? Optional.of((term.startsWith(NOT) ? NOT : "") + positive) : Optional.empty();
  }

  /// Decides for a user at a site.
  ///
  /// @param siteOrganization whose the site is
  /// @param submitter whose job it is about, if it is about a job
  public Decision decide(Actor user, String siteOrganization, Optional<Actor> submitter) {
    for (var term : terms) {
      if (term.startsWith(NOT)) {
        var matches = matches(term.substring(NOT.length()), user, siteOrganization, submitter);
        if (matches.orElse(true)) {
          return new Decision.Denied(
              "'" + term + "' " + (matches.isPresent() ? "matches" : "without a submitter"));
        }
      }
    }
    for (var term : terms) {
      if (!term.startsWith(NOT) && matches(term, user, siteOrganization, submitter).orElse(false)) {
        return new Decision.Allowed("'" + term + "' matches");
      }
    }
    return terms.stream().allMatch(term -> term.startsWith(NOT))
        ? new Decision.Allowed("no term of " + this + " matches, and all are 'not'")
        : new Decision.Denied("no term of " + this + " matches");
  }

  /// Empty if it is about a submitter and there is none.
  private static Optional<Boolean> matches(
      String term, Actor user, String siteOrganization, Optional<Actor> submitter) {
    return switch (term) {
      case "any" -> Optional.of(true);
      case "none" -> Optional.of(false);
      case "o:site" -> Optional.of(same(user.organization(), siteOrganization));
      case "o:submitter" -> submitter.map(other -> same(user.organization(), other.organization()));
      case "n:submitter" -> submitter.map(other -> same(user.name(), other.name()));
      default ->
          Optional.of(
              same(term.startsWith("o:") ? user.organization() : user.name(), term.substring(2)));
    };
  }

  private static boolean same(String one, String other) {
    return !one.isEmpty() && one.equalsIgnoreCase(other);
  }

  @Override
  public String toString() {
    return terms.size() == 1 ? terms.getFirst() : terms.toString();
  }
}
