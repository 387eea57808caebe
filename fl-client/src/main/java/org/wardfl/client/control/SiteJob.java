package org.wardfl.client.control;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.wardfl.client.job.SignedJob;

/// A job as its site sees it.
///
/// @param id its id
/// @param name what people call it
/// @param study which study it belongs to
/// @param submitter who signed it
/// @param state one of [#LET_IN], [#RUNNING], [#WAITING], [#REFUSED]
/// @param sentence why, as the server hears it; empty if it may run
/// @param rule which rule decided, for people at the site
/// @param dataset what it asks for; empty for none
/// @param algorithm what runs, by the word that a site's list has for it
/// @param codeSha256 the hash of the code that it brings; empty if it brings none
/// @param manifestSha256 of all that was signed; an approval is for exactly this
/// @param files how many it has
/// @param bytes of all of them
public record SiteJob(
    String id,
    String name,
    String study,
    String submitter,
    String state,
    String sentence,
    String rule,
    String dataset,
    String algorithm,
    String codeSha256,
    String manifestSha256,
    long files,
    long bytes) {

  /// It may run here.
  public static final String LET_IN = "let in";

  /// A task of it is in work.
  public static final String RUNNING = "running";

  /// Somebody here is to approve it.
  public static final String WAITING = "waiting for approval";

  /// It does not run here.
  public static final String REFUSED = "refused";

  private static final String JOBS = "jobs";

  static SiteJob of(SignedJob job, String state, String sentence, String rule) {
    var definition = job.definition();
    return new SiteJob(
        job.id().value(),
        definition.name(),
        definition.study(),
        job.submitter().name(),
        state,
        sentence,
        rule,
        definition.data().dataset(),
        definition.algorithm().listedName(),
        job.codeSha256().orElse(""),
        job.manifestSha256(),
        job.manifest().files().size(),
        job.manifest().sizes().values().stream().mapToLong(Long::longValue).sum());
  }

  /// As JSON has it.
  public Map<String, Object> json() {
    var json = new LinkedHashMap<String, Object>();
    json.put("id", id);
    json.put("name", name);
    json.put("study", study);
    json.put("submitter", submitter);
    json.put("state", state);
    json.put("sentence", sentence);
    json.put("rule", rule);
    json.put("dataset", dataset);
    json.put("algorithm", algorithm);
    json.put("codeSha256", codeSha256);
    json.put("manifestSha256", manifestSha256);
    json.put("files", files);
    json.put("bytes", bytes);
    return json;
  }

  /// Several of them as JSON has them.
  public static Map<String, Object> json(List<SiteJob> jobs) {
    return Map.of(JOBS, jobs.stream().map(SiteJob::json).toList());
  }

  static List<SiteJob> listOf(Map<String, @Nullable Object> json) {
    var jobs = new ArrayList<SiteJob>();
    if (json.get(JOBS) instanceof List<?> list) {
      for (var element : list) {
        if (element instanceof Map<?, ?> map) {
          var object = new LinkedHashMap<String, @Nullable Object>();
          map.forEach((key, value) -> object.put(String.valueOf(key), value));
          jobs.add(of(new Members(object)));
        }
      }
    }
    return jobs;
  }

  private static SiteJob of(Members members) {
    return new SiteJob(
        members.text("id"),
        members.text("name"),
        members.text("study"),
        members.text("submitter"),
        members.text("state"),
        members.text("sentence"),
        members.text("rule"),
        members.text("dataset"),
        members.text("algorithm"),
        members.text("codeSha256"),
        members.text("manifestSha256"),
        members.number("files"),
        members.number("bytes"));
  }
}
