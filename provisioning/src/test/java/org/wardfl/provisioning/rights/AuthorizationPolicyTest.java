package org.wardfl.provisioning.rights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlFile;

class AuthorizationPolicyTest {

  private static final String SITE = "hospa";
  private static final Actor SUBMITTER = new Actor("alice@uni.org", "uni", "lead");

  /// Every form of the grammar, for bob of hospa at a site of hospa, about a job of alice of uni.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "any|true",
        "all|true",
        "none|false",
        "no|false",
        "o:site|true",
        "o:submitter|false",
        "o:hospa|true",
        "\"O : HospA\"|true",
        "o:uni|false",
        "n:submitter|false",
        "n:bob@hospa.org|true",
        "N:BOB@hospa.org|true",
        "n:alice@uni.org|false",
        "not any|false",
        "not none|true",
        "not o:site|false",
        "NOT   o:uni|true",
        "not n:bob@hospa.org|false",
        "[o:uni, o:hospa]|true",
        "[o:uni, n:carol@x.org]|false",
        "[o:site, not n:bob@hospa.org]|false",
        "[not n:bob@hospa.org, o:site]|false",
        "[o:site, not n:carol@x.org]|true",
        "[not o:uni, not n:carol@x.org]|true",
        "[not o:uni, not o:hospa]|false",
        "[o:uni, not n:carol@x.org]|false",
      })
  void everyFormOfACondition(String condition, boolean allowed) throws YamlException {
    var policy = policy("lead: " + condition);
    var bob = new Actor("bob@hospa.org", "hospa", "lead");
    var decision = policy.decide(bob, Right.ABORT_JOB, SITE, Optional.of(SUBMITTER));
    assertThat(decision.isAllowed()).as(decision.rule()).isEqualTo(allowed);
  }

  /// FLARE's default matrix: role, right, and whether a user of the site's own organization, the
  /// submitter itself, or a stranger may.
  @ParameterizedTest
  @CsvSource({
    "project_admin, submit_job, true, true, true",
    "project_admin, byoc, true, true, true",
    "project_admin, cat, true, true, true",
    "org_admin, submit_job, false, false, false",
    "org_admin, clone_job, false, false, false",
    "org_admin, abort_job, false, true, false",
    "org_admin, download_job, false, true, false",
    "org_admin, list_jobs, true, true, true",
    "org_admin, restart, true, false, false",
    "org_admin, ls, true, false, false",
    "org_admin, byoc, false, false, false",
    "lead, submit_job, true, true, true",
    "lead, clone_job, false, true, false",
    "lead, delete_job, false, true, false",
    "lead, download_job, false, true, false",
    "lead, check_status, true, true, true",
    "lead, shutdown, true, false, false",
    "lead, grep, true, false, false",
    "lead, byoc, true, true, true",
    "member, list_jobs, true, true, true",
    "member, submit_job, false, false, false",
    "member, restart, false, false, false",
    "member, download_job, false, false, false",
  })
  void theDefaultMatrixIsFlares(
      String role, String word, boolean sameSite, boolean submitter, boolean stranger) {
    var right = Right.ofWord(word).orElseThrow();
    var policy = AuthorizationPolicy.standard();
    var local = new Actor("carol@hospa.org", "hospa", role);
    var self = new Actor("alice@uni.org", "uni", role);
    var other = new Actor("dave@other.org", "other", role);
    assertThat(policy.decide(local, right, SITE, Optional.of(SUBMITTER)).isAllowed())
        .isEqualTo(sameSite);
    assertThat(policy.decide(self, right, SITE, Optional.of(SUBMITTER)).isAllowed())
        .isEqualTo(submitter);
    assertThat(policy.decide(other, right, SITE, Optional.of(SUBMITTER)).isAllowed())
        .isEqualTo(stranger);
  }

  @Test
  void theRightBeatsItsCategory() throws YamlException {
    var policy = policy("lead: {shell_commands: none, ls: o:site}");
    var lead = new Actor("a@hospa.org", "hospa", "lead");
    assertThat(policy.decide(lead, Right.LS, SITE, Optional.empty()))
        .isEqualTo(new Decision.Allowed("role lead, ls: o:site: 'o:site' matches"));
    assertThat(policy.decide(lead, Right.CAT, SITE, Optional.empty()))
        .isEqualTo(new Decision.Denied("role lead, shell_commands: none: no term of none matches"));
  }

  @Test
  void whatIsMissingIsDenied() throws YamlException {
    var lead = new Actor("a@hospa.org", "hospa", "lead");
    assertThat(policy("member: any").decide(lead, Right.LS, SITE, Optional.empty()).rule())
        .isEqualTo("role lead has no rights here");
    assertThat(policy("lead: {view: any}").decide(lead, Right.LS, SITE, Optional.empty()).rule())
        .isEqualTo("role lead has no rule for ls, and what is missing is denied");
    assertThat(
            AuthorizationPolicy.denyAll()
                .decide(lead, Right.CHECK_STATUS, SITE, Optional.empty())
                .isAllowed())
        .isFalse();
  }

  @Test
  void withoutASubmitterTermsAboutOneDenyInEitherForm() throws YamlException {
    var lead = new Actor("a@hospa.org", "hospa", "lead");
    for (var term : new String[] {"n:submitter", "not n:submitter", "[any, not o:submitter]"}) {
      assertThat(policy("lead: " + term).decide(lead, Right.LS, SITE, Optional.empty()).isAllowed())
          .as(term)
          .isFalse();
    }
  }

  @Test
  void anEmptyOrganizationMatchesNothing() throws YamlException {
    var nobody = new Actor("a@hospa.org", "", "lead");
    assertThat(policy("lead: o:site").decide(nobody, Right.LS, "", Optional.empty()).isAllowed())
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "leed: any|did you mean `lead`?",
        "lead: {submit_jobs: any}|did you mean `submit_job`?",
        "lead: {view: sometimes}|condition 'sometimes', expected any, none",
        "lead: {view: 'o:'}|condition 'o:', expected any, none",
        "lead: {view: 'not'}|condition 'not', expected any, none",
        "lead: {view: 'not not any'}|condition 'not not any', expected any, none",
        "lead: {view: []}|an empty list of conditions",
        "lead: {view: {a: b}}|found a mapping, expected a condition",
      })
  void unknownWordsAreRefused(String text, String message) {
    assertThatExceptionOfType(YamlException.class)
        .isThrownBy(() -> policy(text))
        .withMessageStartingWith("policy:1:")
        .withMessageContaining(message);
  }

  @Test
  void flaresJsonIsRead() throws YamlException {
    var json =
        """
        {"format_version": "1.0",
         "permissions": {"project_admin": "any", "lead": {"submit_job": ["o:site", "not n:bob"]}}}
        """;
    var policy = AuthorizationPolicy.readFlare(YamlFile.parse("authorization.json", json));
    assertThat(
            policy
                .decide(new Actor("bob", "hospa", "lead"), Right.SUBMIT_JOB, SITE, Optional.empty())
                .rule())
        .isEqualTo("role lead, submit_job: [o:site, not n:bob]: 'not n:bob' matches");
  }

  private static AuthorizationPolicy policy(String text) throws YamlException {
    return AuthorizationPolicy.read(YamlFile.parse("policy", text));
  }
}
