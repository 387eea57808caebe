package org.wardfl.provisioning.site;

import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlMapping;
import org.wardfl.provisioning.yaml.YamlNode;
import org.wardfl.provisioning.yaml.YamlScalar;

/// Whether a job may bring its own code here, and how it then runs. Who may bring it is the right
/// `byoc`, which code the list of algorithms.
///
/// @param consent whether it may
/// @param confined whether it runs in a sandbox only: without network, seeing one dataset; without
///   one it may read all that the client's account may
public record OwnCode(Consent consent, boolean confined) {

  /// Whether a job may bring code.
  public enum Consent {
    /// No job may.
    NO,
    /// One that somebody here has approved may.
    APPROVAL,
    /// Any job may.
    YES
  }

  /// What holds where nothing is said.
  public static final OwnCode NONE = new OwnCode(Consent.NO, true);

  /// The value as the file has it.
  public String rule() {
    var word = "own_code: " + (consent == Consent.NO ? "no" : consentWord());
    return confined ? word : "own_code: {sandbox: unconfined, allow: " + consentWord() + "}";
  }

  private String consentWord() {
    return consent == Consent.APPROVAL ? "approval" : "yes";
  }

  static OwnCode read(YamlMapping root) throws YamlException {
    if (!root.has("own_code")) {
      return NONE;
    }
    return switch (root.node("own_code")) {
      case YamlMapping mapping -> read(mapping.only("allow", "sandbox"), root);
      case YamlScalar word -> new OwnCode(consent(root, "own_code", word.text()), true);
      case YamlNode other ->
          throw root.error(
              "own_code", "found " + other.described() + ", expected no, approval or yes");
    };
  }

  private static OwnCode read(YamlMapping mapping, YamlMapping root) throws YamlException {
    if (mapping.keys().isEmpty()) {
      throw root.error("own_code", "found nothing, expected allow, sandbox or both");
    }
    var consent =
        mapping.has("allow") ? consent(mapping, "allow", mapping.string("allow")) : Consent.YES;
    var sandbox = mapping.string("sandbox", "required");
    return switch (sandbox) {
      case "required" -> new OwnCode(consent, true);
      case "unconfined" -> new OwnCode(consent, consent == Consent.NO);
      default ->
          throw mapping.error(
              "sandbox", "found '" + sandbox + "', expected required or unconfined");
    };
  }

  private static Consent consent(YamlMapping mapping, String key, String word)
      throws YamlException {
    return switch (word) {
      case "no", "false" -> Consent.NO;
      case "approval" -> Consent.APPROVAL;
      case "yes", "true" -> Consent.YES;
      default ->
          throw mapping.error(
              key,
              "found '"
                  + word
                  + "', expected no, approval or yes"
                  + (key.equals("allow") ? "" : ", or {allow: approval, sandbox: unconfined}"));
    };
  }
}
