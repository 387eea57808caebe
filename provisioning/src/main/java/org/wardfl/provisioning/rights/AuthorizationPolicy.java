package org.wardfl.provisioning.rights;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlFile;
import org.wardfl.provisioning.yaml.YamlMapping;

/// Who may do what at a site: for each role, one condition for everything, or one for each right or
/// category of rights.
///
/// The condition of a right beats that of its category. What is not mentioned is denied.
public final class AuthorizationPolicy {

  private static final String[] ROLES = {"project_admin", "org_admin", "lead", "member"};

  /// FLARE's default matrix, as it stands in a new `site.yaml`.
  public static final String DEFAULT_TEXT =
      """
      project_admin: any
      org_admin:
        submit_job: none
        clone_job: none
        manage_job: o:submitter
        download_job: o:submitter
        view: any
        operate: o:site
        shell_commands: o:site
        byoc: none
      lead:
        submit_job: any
        clone_job: n:submitter
        manage_job: n:submitter
        download_job: n:submitter
        view: any
        operate: o:site
        shell_commands: o:site
        byoc: any
      member:
        view: any
      """;

  private static final String EVERYTHING = "*";

  private final Map<String, Map<String, Condition>> roles;

  private AuthorizationPolicy(Map<String, Map<String, Condition>> roles) {
    this.roles = roles;
  }

  /// Nobody may do anything: what holds where no policy is written.
  public static AuthorizationPolicy denyAll() {
    return new AuthorizationPolicy(Map.of());
  }

  /// FLARE's default matrix.
  public static AuthorizationPolicy standard() {
    try {
      return read(YamlFile.parse("default rights", DEFAULT_TEXT));
    } catch (YamlException e) {
      throw new IllegalStateException("the default rights are written here", e);
    }
  }

  /// Reads a mapping of roles, as `rights` of a `site.yaml` or `permissions` of FLARE's
  /// `authorization.json` has it.
  ///
  /// @throws YamlException if a role, right or condition is unknown
  public static AuthorizationPolicy read(YamlMapping permissions) throws YamlException {
    permissions.only(ROLES);
    var roles = new LinkedHashMap<String, Map<String, Condition>>();
    for (var role : permissions.keys()) {
      var conditions = new LinkedHashMap<String, Condition>();
      if (permissions.node(role) instanceof YamlMapping rights) {
        rights.only(Right.words().toArray(String[]::new));
        for (var right : rights.keys()) {
          conditions.put(right, Condition.read(rights, right));
        }
      } else {
        conditions.put(EVERYTHING, Condition.read(permissions, role));
      }
      roles.put(role, conditions);
    }
    return new AuthorizationPolicy(roles);
  }

  /// Reads FLARE's `authorization.json`, which is also YAML.
  public static AuthorizationPolicy readFlare(YamlMapping root) throws YamlException {
    root.only("format_version", "permissions");
    var version = root.string("format_version");
    if (!version.equals("1.0")) {
      throw root.error("format_version", "found '" + version + "', expected '1.0'");
    }
    return read(root.mapping("permissions"));
  }

  /// Decides, with the rule that decided.
  ///
  /// @param user who asks
  /// @param right what for
  /// @param siteOrganization whose the site is
  /// @param submitter whose job it is about, if it is about a job
  public Decision decide(
      Actor user, Right right, String siteOrganization, Optional<Actor> submitter) {
    var conditions = roles.get(user.role());
    if (conditions == null) {
      return new Decision.Denied("role " + user.role() + " has no rights here");
    }
    for (var key : new String[] {right.word(), right.category(), EVERYTHING}) {
      var condition = conditions.get(key);
      if (condition != null) {
        var rule =
            "role "
                + user.role()
                + (key.equals(EVERYTHING) ? "" : ", " + key)
                + ": "
                + condition
                + ": ";
        return switch (condition.decide(user, siteOrganization, submitter)) {
          case Decision.Allowed(var why) -> new Decision.Allowed(rule + why);
          case Decision.Denied(var why) -> new Decision.Denied(rule + why);
        };
      }
    }
    return new Decision.Denied(
        "role "
            + user.role()
            + " has no rule for "
            + right.word()
            + ", and what is missing is"
            + " denied");
  }
}
