package org.wardfl.client.admin;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.client.link.Endpoint;
import org.wardfl.client.link.LinkException;
import org.wardfl.client.link.Renewal;
import org.wardfl.client.link.ServerChannel;
import org.wardfl.client.link.Upload;
import org.wardfl.proto.channel.Tls;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.PackageReference;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.wire.AdministrationGrpc;
import org.wardfl.proto.wire.EnrollmentGrpc;
import org.wardfl.proto.wire.FileReference;
import org.wardfl.proto.wire.JobReport;
import org.wardfl.proto.wire.RebindRequest;
import org.wardfl.proto.wire.RequestAnswer;
import org.wardfl.proto.wire.ShowRequest;
import org.wardfl.proto.wire.TrustUpdate;
import org.wardfl.provisioning.kit.ActiveKit;

/// One person's connection to the server, under that person's own certificate.
public final class Administration implements AutoCloseable {

  private static final long SECONDS = 30;
  private static final long SUBMIT_SECONDS = 300;

  private final ServerChannel channel;
  private final Renewal renewal;

  /// A connection that begins with the first call.
  ///
  /// @throws IOException if this machine cannot do TLS
  public Administration(ActiveKit kit, Optional<Endpoint.Proxy> proxy) throws IOException {
    var name = kit.kit().name();
    channel =
        new ServerChannel(
            new Endpoint(name.server(), name.address().host(), name.address().port(), proxy),
            Tls.ofThisMachine(),
            kit.keys(),
            kit.peers());
    renewal = new Renewal(channel, kit);
  }

  /// Renews this person's own certificate.
  public Renewal renewal() {
    return renewal;
  }

  /// A request for a certificate that waits at the server.
  ///
  /// @param name the certified name of whoever asks
  /// @param text the request as it was sent, in ASCII; believed by nobody yet
  /// @param received when
  public record Request(String name, String text, Instant received) {}

  /// The requests that wait for the project admin, by name.
  ///
  /// @throws LinkException if the server cannot be asked, or refuses
  public List<Request> requests() throws LinkException {
    return call(() ->
        EnrollmentGrpc.newBlockingStub(channel.channel())
            .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
            .listRequests(Empty.getDefaultInstance())
            .getRequestsList()
            .stream()
            .map(request ->
                new Request(
                    request.getName(),
                    request.getRequest().toString(StandardCharsets.US_ASCII),
                    Instant.ofEpochMilli(request.getReceivedMs())))
            .toList());
  }

  /// Brings the answer to a request to the server, which hands it to whoever asked.
  ///
  /// @param name the certified name of whoever asked
  /// @throws LinkException if the server cannot be asked, or refuses
  public void answer(String name, byte[] update) throws LinkException {
    call(() ->
        EnrollmentGrpc.newBlockingStub(channel.channel())
            .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
            .answer(
                RequestAnswer.newBuilder()
                    .setName(name)
                    .setUpdate(ByteString.copyFrom(update))
                    .build()));
  }

  /// A site of the project.
  ///
  /// @param name the site
  /// @param organization whose it is
  /// @param connected whether it is there now
  /// @param since when its last connection began or ended; empty if there was none
  public record Site(
      String name, String organization, boolean connected, Optional<Instant> since) {}

  /// All sites, by name.
  ///
  /// @throws LinkException if the server cannot be asked, or refuses
  public List<Site> sites() throws LinkException {
    return call(() ->
        AdministrationGrpc.newBlockingStub(channel.channel())
            .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
            .listSites(Empty.getDefaultInstance())
            .getSitesList()
            .stream()
            .map(site ->
                new Site(
                    site.getName(),
                    site.getOrganization(),
                    site.getConnected(),
                    site.getSinceMs() == 0
                        ? Optional.empty()
                        : Optional.of(Instant.ofEpochMilli(site.getSinceMs()))))
            .toList());
  }

  /// Sends a job's package and starts the job. The same package again changes nothing.
  ///
  /// @param id the job's, from the package
  /// @throws LinkException if the server cannot be asked, or refuses
  /// @throws IOException if the package cannot be read
  /// @throws InterruptedException if the thread is interrupted
  public void submit(JobId id, Path jobPackage)
      throws LinkException, IOException, InterruptedException {
    ModelHash hash = ModelWriter.hash(jobPackage);
    var reference = new PackageReference(hash, Files.size(jobPackage));
    Upload.send(
        channel,
        FileReference.newBuilder()
            .setHash(TaskCodec.toWire(hash))
            .setSizeBytes(reference.sizeBytes())
            .setJob(id.value())
            .build(),
        jobPackage);
    call(() ->
        AdministrationGrpc.newBlockingStub(channel.channel())
            .withDeadlineAfter(SUBMIT_SECONDS, TimeUnit.SECONDS)
            .submit(TaskCodec.toWire(reference)));
  }

  /// A job as one JSON document.
  ///
  /// @param json the document
  /// @param ended whether it will never change again
  public record Report(String json, boolean ended) {}

  /// A job, now.
  ///
  /// @throws LinkException if the server cannot be asked, or refuses
  public Report show(String id) throws LinkException {
    return report(
        call(() ->
            AdministrationGrpc.newBlockingStub(channel.channel())
                .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
                .show(ShowRequest.newBuilder().setId(id).build())));
  }

  /// Follows a job to its end.
  ///
  /// @param listener gets every report
  /// @return the last one
  /// @throws LinkException if the connection is lost, or the server refuses; the job goes on
  public Report follow(String id, Consumer<Report> listener) throws LinkException {
    return call(() -> {
      var reports =
          AdministrationGrpc.newBlockingStub(channel.channel())
              .wait(ShowRequest.newBuilder().setId(id).build());
      var last = new Report("", false);
      while (reports.hasNext()) {
        last = report(reports.next());
        listener.accept(last);
      }
      return last;
    });
  }

  private static Report report(JobReport wire) {
    return new Report(wire.getJson(), wire.getEnded());
  }

  /// Brings an update that the project signed to the server; it is in force when this returns.
  ///
  /// @return how many certificates are revoked now
  /// @throws LinkException if the server cannot be asked, or refuses
  public int updateTrust(byte[] update) throws LinkException {
    return call(() ->
            AdministrationGrpc.newBlockingStub(channel.channel())
                .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
                .updateTrust(
                    TrustUpdate.newBuilder().setUpdate(ByteString.copyFrom(update)).build()))
        .getRevoked();
  }

  /// Lets a site connect from another data folder than before.
  ///
  /// @throws LinkException if the server cannot be asked, or refuses
  public void rebind(String site) throws LinkException {
    call(() ->
        AdministrationGrpc.newBlockingStub(channel.channel())
            .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
            .rebindSite(RebindRequest.newBuilder().setSite(site).build()));
  }

  private interface Call<T> {
    T call();
  }

  private <T> T call(Call<T> call) throws LinkException {
    try {
      return call.call();
    } catch (StatusRuntimeException e) {
      throw new LinkException(channel.explain(e), e);
    }
  }

  @Override
  public void close() {
    channel.close();
  }
}
