package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.certs.LeafProfile;
import org.wardfl.client.link.Endpoint;
import org.wardfl.client.link.ServerChannel;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;
import org.wardfl.proto.channel.Tls;
import org.wardfl.proto.wire.AdministrationGrpc;
import org.wardfl.proto.wire.AdministrationGrpc.AdministrationBlockingStub;
import org.wardfl.proto.wire.DownloadRequest;
import org.wardfl.proto.wire.ExplainRequest;
import org.wardfl.proto.wire.FetchPackageRequest;
import org.wardfl.proto.wire.JobPackage;
import org.wardfl.proto.wire.JobRequest;
import org.wardfl.proto.wire.ListJobsRequest;
import org.wardfl.proto.wire.LogsRequest;
import org.wardfl.proto.wire.RebindRequest;
import org.wardfl.proto.wire.SiteRequest;
import org.wardfl.proto.wire.TrustUpdate;

/// Every method of administration × every role × own and other organization, over the real service
/// and mutual TLS: who is let in, and a record of everybody who is not.
@Timeout(120)
class RightsTableTest {

  /// `lead@uni` has submitted the job, which is under way; the site is of `hosp`. A dot: refused
  /// because of the role.
  private static final String TABLE =
      """
      method        admin@uni  org@uni  org@hosp  lead@uni  two@uni  lead@hosp  member@uni  member@hosp  site-1
      ListSites     yes        yes      yes       yes       yes      yes        yes         yes          .
      ListJobs      yes        yes      yes       yes       yes      yes        yes         yes          .
      Show          yes        yes      yes       yes       yes      yes        yes         yes          .
      Wait          yes        yes      yes       yes       yes      yes        yes         yes          .
      Submit        yes        .        .         yes       yes      yes        .           .            .
      FetchPackage  yes        .        .         yes       .        .          .           .            .
      ListFiles     yes        yes      .         yes       .        .          .           .            .
      Download      yes        yes      .         yes       .        .          .           .            .
      Delete        yes        yes      .         yes       .        .          .           .            .
      UpdateTrust   yes        yes      yes       yes       yes      yes        .           .            .
      RebindSite    yes        .        yes       .         .        yes        .           .            .
      Explain       yes        .        .         yes       yes      yes        .           .            .
      Logs          yes        yes      yes       yes       yes      yes        yes         yes          .
      ShowSite      yes        yes      yes       yes       yes      yes        yes         yes          .
      DisableSite   yes        .        yes       .         .        yes        .           .            .
      EnableSite    yes        .        yes       .         .        yes        .           .            .
      RemoveSite    yes        .        yes       .         .        yes        .           .            .
      Abort         yes        yes      .         yes       .        .          .           .            .
      """;

  private static final Map<String, String> ROLES =
      Map.of(
          "admin@uni", "project_admin",
          "org@uni", "org_admin",
          "org@hosp", "org_admin",
          "lead@uni", "lead",
          "two@uni", "lead",
          "lead@hosp", "lead",
          "member@uni", "member",
          "member@hosp", "member");

  @TempDir private Path folder;

  /// A call, whose answer does not matter.
  private interface Call {
    void run(AdministrationBlockingStub stub, String job);
  }

  private static final Map<String, Call> CALLS = new LinkedHashMap<>();

  static {
    CALLS.put("ListSites", (stub, _) -> stub.listSites(Empty.getDefaultInstance()));
    CALLS.put("ListJobs", (stub, _) -> stub.listJobs(ListJobsRequest.getDefaultInstance()));
    CALLS.put("Show", (stub, job) -> stub.show(request(job)));
    CALLS.put("Wait", (stub, job) -> stub.wait(request(job)).next());
    CALLS.put(
        "Submit",
        (stub, _) ->
            stub.submit(
                JobPackage.newBuilder()
                    .setHash(ByteString.copyFrom(new byte[32]))
                    .setSizeBytes(9)
                    .build()));
    CALLS.put(
        "FetchPackage",
        (stub, job) ->
            stub.fetchPackage(FetchPackageRequest.newBuilder().setId(job).build()).next());
    CALLS.put("ListFiles", (stub, job) -> stub.listFiles(request(job)));
    CALLS.put(
        "Download",
        (stub, job) ->
            stub.download(DownloadRequest.newBuilder().setId(job).setName("run.json").build())
                .next());
    CALLS.put("Delete", (stub, job) -> stub.delete(request(job)));
    CALLS.put("UpdateTrust", (stub, _) -> stub.updateTrust(TrustUpdate.getDefaultInstance()));
    CALLS.put(
        "RebindSite",
        (stub, _) -> stub.rebindSite(RebindRequest.newBuilder().setSite("site-1").build()));
    CALLS.put("Explain", (stub, _) -> stub.explain(ExplainRequest.getDefaultInstance()));
    CALLS.put(
        "Logs",
        (stub, job) ->
            stub.logs(LogsRequest.newBuilder().setId(job).build()).forEachRemaining(_ -> {}));
    CALLS.put("ShowSite", (stub, _) -> stub.showSite(site()));
    CALLS.put("DisableSite", (stub, _) -> stub.disableSite(site()));
    CALLS.put("EnableSite", (stub, _) -> stub.enableSite(site()));
    CALLS.put("RemoveSite", (stub, _) -> stub.removeSite(site()));
    // Last: the job has ended then.
    CALLS.put("Abort", (stub, job) -> stub.abort(request(job)));
  }

  private static SiteRequest site() {
    return SiteRequest.newBuilder().setSite("site-1").build();
  }

  private static JobRequest request(String job) {
    return JobRequest.newBuilder().setId(job).build();
  }

  @Test
  void whoMayDoWhatIsWhatTheTableSaysAndRefusalsAreRecorded() throws Exception {
    assertThat(CALLS.keySet())
        .as("a method of administration needs a line in the table and a call here")
        .containsExactlyInAnyOrderElementsOf(
            AdministrationGrpc.getServiceDescriptor().getMethods().stream()
                .map(MethodDescriptor::getBareMethodName)
                .toList());
    var lines = TABLE.lines().map(line -> List.of(line.split(" +"))).toList();
    var people = lines.getFirst().subList(1, lines.getFirst().size());
    try (var federation = new InProcess(folder, more())) {
      federation.startServer();
      var job = submit(federation);
      var channels = new LinkedHashMap<String, ServerChannel>();
      for (var person : people) {
        channels.put(person, channel(federation, person));
      }
      var found = new ArrayList<List<String>>();
      found.add(lines.getFirst());
      for (var method : CALLS.keySet()) {
        var line = new ArrayList<>(List.of(method));
        for (var person : people) {
          line.add(answer(federation, method, person, channels.get(person), job));
        }
        found.add(line);
      }
      channels.values().forEach(ServerChannel::close);
      assertThat(found).isEqualTo(lines);
    }
  }

  private static String answer(
      InProcess federation, String method, String person, ServerChannel channel, String job)
      throws Exception {
    var stub =
        AdministrationGrpc.newBlockingStub(channel.channel())
            .withDeadlineAfter(30, TimeUnit.SECONDS);
    try {
      CALLS.getOrDefault(method, (_, _) -> {}).run(stub, job);
      return "yes";
    } catch (StatusRuntimeException e) {
      var refusal = Refusal.of(e).orElseThrow(() -> e);
      if (refusal.reason() != Reason.PERMISSION) {
        // Something else is wrong with the request, which only those are told who may make it.
        return "yes";
      }
      assertThat(refusal.message()).as(method + " by " + person).isNotBlank();
      InProcess.await(
          () -> recorded(federation, method, person), () -> method + " by " + person + " recorded");
      return ".";
    }
  }

  private static boolean recorded(InProcess federation, String method, String person)
      throws IOException {
    var name = "/" + certified(person).replace("@", "%40") + "\"";
    return federation
        .audit()
        .lines()
        .anyMatch(line ->
            line.contains(name)
                && line.contains("\"action\":\"ward.v1.Administration/" + method + "\"")
                && line.contains("\"result\":\"refused: PERMISSION\""));
  }

  private static String certified(String person) {
    return person.equals(InProcess.SITE) ? person : person + ".org";
  }

  private static String more() {
    var more = new StringBuilder();
    ROLES.forEach((person, role) -> {
      if (!List.of(InProcess.ADMIN, InProcess.LEAD).contains(certified(person))) {
        more.append("  - {name: ")
            .append(certified(person))
            .append(", type: admin, org: ")
            .append(person.endsWith("@uni") ? "uni" : "hospa")
            .append(", role: ")
            .append(role)
            .append("}\n");
      }
    });
    return more.toString();
  }

  private String submit(InProcess federation) throws IOException {
    var job = Files.createDirectories(folder.resolve("job"));
    Files.writeString(
        job.resolve("job.yaml"),
        """
        name: table
        min_sites: 1
        workflow: {type: fedavg, rounds: 1}
        algorithm: {type: quadratic}
        resources: {memory: 64MiB}
        """);
    return federation.command(InProcess.LEAD, "job", "submit", job.toString()).strip();
  }

  private static ServerChannel channel(InProcess federation, String person) throws Exception {
    var name = certified(person);
    var profile = person.equals(InProcess.SITE) ? LeafProfile.SITE : LeafProfile.USER;
    var kit = federation.kit(name, profile);
    var server = kit.kit().name();
    return new ServerChannel(
        new Endpoint(
            server.server(), server.address().host(), server.address().port(), Optional.empty()),
        Tls.ofThisMachine(),
        kit.keys(),
        kit.peers());
  }
}
