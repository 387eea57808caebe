package org.wardfl.client.control;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where a site's agent stands.
///
/// @param site its name
/// @param connected whether there is a session with the server
/// @param trouble what keeps it from the server, if anything does
/// @param closed why no task begins now; empty if tasks may begin
/// @param paused whether that is because somebody here has paused the site
/// @param running how many tasks are in work
/// @param policySha256 of the site's file; empty if it cannot be read
/// @param policyTrouble why the file allows nothing; empty if it is read
/// @param sandbox what there is for a job's own code
/// @param gpus how many CUDA devices are offered
/// @param cpuThreads how many threads
/// @param memoryBytes how much memory
/// @param maxJobs how many jobs at once
public record SiteStatus(
    String site,
    boolean connected,
    Optional<String> trouble,
    Optional<String> closed,
    boolean paused,
    long running,
    String policySha256,
    Optional<String> policyTrouble,
    String sandbox,
    long gpus,
    long cpuThreads,
    long memoryBytes,
    long maxJobs) {

  /// As JSON has it.
  public Map<String, Object> json() {
    var json = new LinkedHashMap<String, Object>();
    json.put("site", site);
    json.put("connected", connected);
    json.put("trouble", trouble);
    json.put("closed", closed);
    json.put("paused", paused);
    json.put("running", running);
    json.put("policySha256", policySha256);
    json.put("policyTrouble", policyTrouble);
    json.put("sandbox", sandbox);
    json.put("gpus", gpus);
    json.put("cpuThreads", cpuThreads);
    json.put("memoryBytes", memoryBytes);
    json.put("maxJobs", maxJobs);
    return json;
  }

  static SiteStatus of(Map<String, @Nullable Object> json) {
    var members = new Members(json);
    return new SiteStatus(
        members.text("site"),
        members.truth("connected"),
        members.optionalText("trouble"),
        members.optionalText("closed"),
        members.truth("paused"),
        members.number("running"),
        members.text("policySha256"),
        members.optionalText("policyTrouble"),
        members.text("sandbox"),
        members.number("gpus"),
        members.number("cpuThreads"),
        members.number("memoryBytes"),
        members.number("maxJobs"));
  }
}
