package org.wardfl.client.admin;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import java.util.regex.Pattern;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.client.link.Downloads;
import org.wardfl.client.link.Endpoint;
import org.wardfl.client.link.LinkException;
import org.wardfl.client.link.Renewal;
import org.wardfl.client.link.ServerChannel;
import org.wardfl.client.link.Upload;
import org.wardfl.proto.WireException;
import org.wardfl.proto.admin.AdminCodec;
import org.wardfl.proto.admin.ForecastCodec;
import org.wardfl.proto.admin.JobReport;
import org.wardfl.proto.admin.JobSummary;
import org.wardfl.proto.admin.LogLine;
import org.wardfl.proto.admin.SiteForecast;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Tls;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.PackageReference;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.wire.AdministrationGrpc;
import org.wardfl.proto.wire.DownloadRequest;
import org.wardfl.proto.wire.EnrollmentGrpc;
import org.wardfl.proto.wire.ExplainRequest;
import org.wardfl.proto.wire.FetchPackageRequest;
import org.wardfl.proto.wire.FileReference;
import org.wardfl.proto.wire.JobRequest;
import org.wardfl.proto.wire.ListJobsRequest;
import org.wardfl.proto.wire.LogsRequest;
import org.wardfl.proto.wire.RequestAnswer;
import org.wardfl.proto.wire.TrustUpdate;
import org.wardfl.provisioning.kit.ActiveKit;

/// One person's connection to the server, under that person's own certificate: everything that the
/// commands do, for programs. Safe for many threads.
public final class AdminSession implements AutoCloseable {

  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final long SECONDS = 30;
  private static final int SEND_ATTEMPTS = 3;
  // The server's own keep-alive takes 35 s.
  private static final Duration HELD = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final long SUBMIT_SECONDS = 300;

  private final ServerChannel channel;
  private final Renewal renewal;

  /// A connection that begins with the first call.
  ///
  /// @throws IOException if this machine cannot do TLS
  public AdminSession(ActiveKit kit, Optional<Endpoint.Proxy> proxy) throws IOException {
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
  /// @param disabled why nothing is asked of it, if an administrator wants so
  public record Site(
      String name,
      String organization,
      boolean connected,
      Optional<Instant> since,
      Optional<String> disabled) {}

  /// What this person may do with the sites.
  public SiteTools siteTools() {
    return new SiteTools(this);
  }

  /// All sites, by name.
  ///
  /// @throws LinkException if the server cannot be asked, or refuses
  public List<Site> sites() throws LinkException {
    return call(() ->
        quick().listSites(Empty.getDefaultInstance()).getSitesList().stream()
            .map(SiteTools::fromWire)
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
    send(
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

  /// Goes on where a link broke. The server has kept what had arrived; it may see later than this
  /// side that the old connection is dead, and lets nobody else go on until then.
  private void send(FileReference reference, Path file) throws LinkException, InterruptedException {
    int breaks = 0;
    long heldUntil = 0;
    while (true) {
      try {
        Upload.send(channel, reference, file);
        return;
      } catch (LinkException e) {
        var refusal = e.refusal();
        if (refusal.isEmpty() && ++breaks < SEND_ATTEMPTS) {
          heldUntil = System.nanoTime() + HELD.toNanos();
        } else if (breaks > 0
            && refusal.filter(it -> it.reason() == Reason.BUSY).isPresent()
            && heldUntil - System.nanoTime() > 0) {
          Thread.sleep(PAUSE);
        } else {
          throw e;
        }
      }
    }
  }

  /// Asks what each site would say to a job, were it submitted; nothing is kept of it.
  ///
  /// @param signedManifest of the job's package, as [org.wardfl.client.job.JobPackage] has it
  /// @return by the names of the sites
  /// @throws LinkException if the server cannot be asked, or refuses
  public List<SiteForecast> explain(byte[] signedManifest) throws LinkException {
    return call(() ->
        ForecastCodec.fromWire(
            quick()
                .explain(
                    ExplainRequest.newBuilder()
                        .setManifest(ByteString.copyFrom(signedManifest))
                        .build())));
  }

  /// Jobs, the latest submission first.
  ///
  /// @param jobs at most as many as were asked for
  /// @param leftOff how many more there are
  public record Jobs(List<JobSummary> jobs, int leftOff) {

    /// Copies.
    public Jobs {
      jobs = List.copyOf(jobs);
    }
  }

  /// The jobs that this person may see.
  ///
  /// @param limit at most so many, 1 to 1000
  /// @param study only those of this study, if there is one
  /// @throws LinkException if the server cannot be asked, or refuses
  public Jobs jobs(int limit, Optional<String> study) throws LinkException {
    return call(() -> {
      var list =
          quick()
              .listJobs(
                  ListJobsRequest.newBuilder().setLimit(limit).setStudy(study.orElse("")).build());
      var jobs = new ArrayList<JobSummary>();
      for (var job : list.getJobsList()) {
        jobs.add(AdminCodec.fromWire(job));
      }
      return new Jobs(jobs, list.getLeftOff());
    });
  }

  /// A job, now.
  ///
  /// @throws LinkException if the server cannot be asked, or refuses
  public JobReport show(String id) throws LinkException {
    return call(() -> AdminCodec.fromWire(quick().show(request(id))));
  }

  /// Reads what a job's processes printed at sites that let it out.
  ///
  /// @param site only of this site, if one is named
  /// @param offset 0, or what the listener heard last
  /// @param follow whether to go on until the job has ended
  /// @param listener gets each page: its lines, and where the next begins
  /// @throws LinkException if the connection is lost, or the server refuses; what was heard counts
  public void logs(
      String id,
      Optional<String> site,
      long offset,
      boolean follow,
      ObjLongConsumer<List<LogLine>> listener)
      throws LinkException {
    call(() -> {
      var pages =
          AdministrationGrpc.newBlockingStub(channel.channel())
              .logs(
                  LogsRequest.newBuilder()
                      .setId(id)
                      .setSite(site.orElse(""))
                      .setOffset(offset)
                      .setFollow(follow)
                      .build());
      while (pages.hasNext()) {
        var page = pages.next();
        listener.accept(AdminCodec.fromWire(page), page.getOffset());
      }
      return true;
    });
  }

  /// Follows a job to its end.
  ///
  /// @param listener gets every report
  /// @return the last one; the job has ended, unless the server closed the call in good order
  /// @throws LinkException if the connection is lost, or the server refuses; the job goes on
  public Optional<JobReport> follow(String id, Consumer<JobReport> listener) throws LinkException {
    return call(() -> {
      var reports = AdministrationGrpc.newBlockingStub(channel.channel()).wait(request(id));
      Optional<JobReport> last = Optional.empty();
      while (reports.hasNext()) {
        var report = AdminCodec.fromWire(reports.next());
        listener.accept(report);
        last = Optional.of(report);
      }
      return last;
    });
  }

  /// Ends a job.
  ///
  /// @return the job as it is now; one that had ended stays as it ended
  /// @throws LinkException if the server cannot be asked, or refuses
  public JobSummary abort(String id) throws LinkException {
    return call(() -> AdminCodec.fromWire(quick().abort(request(id))));
  }

  /// Deletes the results of a job that has ended, and the job from the list.
  ///
  /// @throws LinkException if the server cannot be asked, or refuses
  public void delete(String id) throws LinkException {
    call(() -> quick().delete(request(id)));
  }

  /// A result file of a job.
  ///
  /// @param name without a folder
  /// @param sizeBytes of the content
  /// @param hash of the content
  public record ResultFile(String name, long sizeBytes, ModelHash hash) {}

  /// The result files of a job that has ended.
  ///
  /// @throws LinkException if the server cannot be asked, or refuses
  public List<ResultFile> files(String id) throws LinkException {
    return call(() -> {
      var files = new ArrayList<ResultFile>();
      for (var file : quick().listFiles(request(id)).getFilesList()) {
        if (!FILE_NAME.matcher(file.getName()).matches()) {
          throw new WireException("the server names a file '" + file.getName() + "'");
        }
        files.add(
            new ResultFile(
                file.getName(), file.getSizeBytes(), TaskCodec.fromWire(file.getHash())));
      }
      return files;
    });
  }

  /// Brings a result file. One that was cut goes on where it stopped.
  ///
  /// @param target replaced when the file is whole
  /// @param scratch for files under way, on the same file system
  /// @throws LinkException if the server cannot be asked, or refuses
  /// @throws IOException if the scratch folder cannot be used
  public void download(String id, ResultFile file, Path target, Path scratch)
      throws LinkException, IOException {
    new Downloads(channel, scratch)
        .fetch(
            file.hash(),
            file.sizeBytes(),
            target,
            offset ->
                AdministrationGrpc.newBlockingStub(channel.channel())
                    .download(
                        DownloadRequest.newBuilder()
                            .setId(id)
                            .setName(file.name())
                            .setOffset(offset)
                            .build()));
  }

  /// Brings the package that a job came with; its signature says whether it is whole.
  ///
  /// @param target is made
  /// @throws LinkException if the server cannot be asked, or refuses
  /// @throws IOException if the file cannot be written
  public void fetchPackage(String id, Path target) throws LinkException, IOException {
    try (var file =
        FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      var chunks =
          call(() ->
              AdministrationGrpc.newBlockingStub(channel.channel())
                  .fetchPackage(FetchPackageRequest.newBuilder().setId(id).build()));
      while (call(chunks::hasNext)) {
        for (var bytes : chunks.next().getData().asReadOnlyByteBufferList()) {
          while (bytes.hasRemaining()) {
            file.write(bytes);
          }
        }
      }
    }
  }

  AdministrationGrpc.AdministrationBlockingStub quick() {
    return AdministrationGrpc.newBlockingStub(channel.channel())
        .withDeadlineAfter(SECONDS, TimeUnit.SECONDS);
  }

  private static JobRequest request(String id) {
    return JobRequest.newBuilder().setId(id).build();
  }

  /// Brings an update that the project signed to the server; it is in force when this returns.
  ///
  /// @return how many certificates are revoked now
  /// @throws LinkException if the server cannot be asked, or refuses
  public int updateTrust(byte[] update) throws LinkException {
    return call(() ->
            quick()
                .updateTrust(
                    TrustUpdate.newBuilder().setUpdate(ByteString.copyFrom(update)).build()))
        .getRevoked();
  }

  interface Call<T> {
    T call() throws WireException;
  }

  <T> T call(Call<T> call) throws LinkException {
    try {
      return call.call();
    } catch (StatusRuntimeException e) {
      throw new LinkException(channel.explain(e), e);
    } catch (WireException e) {
      throw new LinkException("the server's answer cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    channel.close();
  }
}
