package org.wardfl.proto.channel;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.wardfl.proto.wire.Activity;
import org.wardfl.proto.wire.AggregationDefinition;
import org.wardfl.proto.wire.AlgorithmDefinition;
import org.wardfl.proto.wire.Argument;
import org.wardfl.proto.wire.Arguments;
import org.wardfl.proto.wire.AuditCheckpoint;
import org.wardfl.proto.wire.BestModel;
import org.wardfl.proto.wire.Chunk;
import org.wardfl.proto.wire.Closure;
import org.wardfl.proto.wire.ClosureCause;
import org.wardfl.proto.wire.CounterRule;
import org.wardfl.proto.wire.DataDefinition;
import org.wardfl.proto.wire.Declined;
import org.wardfl.proto.wire.DeliverRequest;
import org.wardfl.proto.wire.Described;
import org.wardfl.proto.wire.DesiredJob;
import org.wardfl.proto.wire.DesiredState;
import org.wardfl.proto.wire.Direction;
import org.wardfl.proto.wire.DownloadRequest;
import org.wardfl.proto.wire.ErrorDetail;
import org.wardfl.proto.wire.ErrorReason;
import org.wardfl.proto.wire.Evaluated;
import org.wardfl.proto.wire.ExplainReply;
import org.wardfl.proto.wire.ExplainRequest;
import org.wardfl.proto.wire.Failed;
import org.wardfl.proto.wire.FeatureStatistics;
import org.wardfl.proto.wire.FedAvgDefinition;
import org.wardfl.proto.wire.FetchPackageRequest;
import org.wardfl.proto.wire.FetchRequest;
import org.wardfl.proto.wire.FileReference;
import org.wardfl.proto.wire.FileStatus;
import org.wardfl.proto.wire.FilterDefinition;
import org.wardfl.proto.wire.ForecastVerdict;
import org.wardfl.proto.wire.HistogramRange;
import org.wardfl.proto.wire.InitialModel;
import org.wardfl.proto.wire.Initialized;
import org.wardfl.proto.wire.JobDefinition;
import org.wardfl.proto.wire.JobFailure;
import org.wardfl.proto.wire.JobList;
import org.wardfl.proto.wire.JobPackage;
import org.wardfl.proto.wire.JobReport;
import org.wardfl.proto.wire.JobRequest;
import org.wardfl.proto.wire.JobSite;
import org.wardfl.proto.wire.JobStatus;
import org.wardfl.proto.wire.JobSummary;
import org.wardfl.proto.wire.KeyMetric;
import org.wardfl.proto.wire.ListJobsRequest;
import org.wardfl.proto.wire.LogLine;
import org.wardfl.proto.wire.LogLines;
import org.wardfl.proto.wire.LogPage;
import org.wardfl.proto.wire.LogReceipt;
import org.wardfl.proto.wire.LogsRequest;
import org.wardfl.proto.wire.ObservedJob;
import org.wardfl.proto.wire.ObservedState;
import org.wardfl.proto.wire.ObservedTask;
import org.wardfl.proto.wire.ProtocolRange;
import org.wardfl.proto.wire.RebindRequest;
import org.wardfl.proto.wire.RenewalAnswer;
import org.wardfl.proto.wire.RenewalRequest;
import org.wardfl.proto.wire.RenewalStatus;
import org.wardfl.proto.wire.RequestAnswer;
import org.wardfl.proto.wire.RequestList;
import org.wardfl.proto.wire.ResourceRequest;
import org.wardfl.proto.wire.ResultFile;
import org.wardfl.proto.wire.ResultFileList;
import org.wardfl.proto.wire.Scores;
import org.wardfl.proto.wire.ServerHello;
import org.wardfl.proto.wire.ServerMessage;
import org.wardfl.proto.wire.SiteAnswer;
import org.wardfl.proto.wire.SiteCapacity;
import org.wardfl.proto.wire.SiteDecision;
import org.wardfl.proto.wire.SiteForecast;
import org.wardfl.proto.wire.SiteHello;
import org.wardfl.proto.wire.SiteJob;
import org.wardfl.proto.wire.SiteList;
import org.wardfl.proto.wire.SiteMessage;
import org.wardfl.proto.wire.SiteQuestion;
import org.wardfl.proto.wire.SiteReport;
import org.wardfl.proto.wire.SiteRequest;
import org.wardfl.proto.wire.SiteState;
import org.wardfl.proto.wire.SiteStatus;
import org.wardfl.proto.wire.Statistic;
import org.wardfl.proto.wire.StatisticRemark;
import org.wardfl.proto.wire.StatisticsDefinition;
import org.wardfl.proto.wire.StoreReply;
import org.wardfl.proto.wire.StoreRequest;
import org.wardfl.proto.wire.SubmitReply;
import org.wardfl.proto.wire.TaskAssignment;
import org.wardfl.proto.wire.TaskKey;
import org.wardfl.proto.wire.TaskKind;
import org.wardfl.proto.wire.TaskOutcome;
import org.wardfl.proto.wire.Trained;
import org.wardfl.proto.wire.TrustStatus;
import org.wardfl.proto.wire.TrustUpdate;
import org.wardfl.proto.wire.UpdateFile;
import org.wardfl.proto.wire.Value;
import org.wardfl.proto.wire.ValueExtremes;
import org.wardfl.proto.wire.ValueHistogram;
import org.wardfl.proto.wire.ValueList;
import org.wardfl.proto.wire.ValueMoments;
import org.wardfl.proto.wire.Verdict;
import org.wardfl.proto.wire.WaitingRequest;
import org.wardfl.proto.wire.WeightType;
import org.wardfl.proto.wire.Weighting;
import org.wardfl.proto.wire.WorkflowDefinition;

/// Messages of version 1 of the protocol in which every field of the wire occurs.
///
/// The fixtures in `protocol-1` were made of them by [#main] when the version was new. Neither
/// changes any more: later versions add messages and fields, and get a folder of their own.
final class RecordedMessages {

  private static final ByteString HASH = bytes(32, 0x11);
  private static final ByteString OTHER = bytes(32, 0x22);
  private static final String JOB = "0190a1b2-0000-7000-8000-000000000001";
  private static final JobSummary SUMMARY =
      JobSummary.newBuilder()
          .setId(JOB)
          .setName("breast-cancer")
          .setStudy("default")
          .setStatus(JobStatus.JOB_STATUS_FAILED)
          .setWaiting("offline: site-1")
          .setSubmitter("lead@uni.org")
          .setSubmittedMs(1_795_478_400_000L)
          .setStartedMs(1_795_478_400_001L)
          .setFinishedMs(1_795_478_400_002L)
          .setRound(2)
          .setRounds(4)
          .build();
  private static final TaskKey KEY =
      TaskKey.newBuilder().setJob(JOB).setRound(3).setStep(1).setSite("site-1").build();

  private RecordedMessages() {}

  /// Writes what is not there yet, never over what is.
  ///
  /// @param arguments the folder, `proto/src/test/resources/protocol-1`
  public static void main(String... arguments) throws IOException {
    var folder = Files.createDirectories(Path.of(arguments[0]));
    for (var recorded : all().entrySet()) {
      write(folder.resolve(recorded.getKey() + ".bin"), recorded.getValue().toByteArray());
      write(
          folder.resolve(recorded.getKey() + ".txt"),
          text(recorded.getValue()).getBytes(StandardCharsets.UTF_8));
    }
    var schema = String.join("\n", WireSchema.lines()) + "\n";
    write(folder.resolve(WireSchema.FILE), schema.getBytes(StandardCharsets.UTF_8));
  }

  private static void write(Path file, byte[] content) throws IOException {
    if (!Files.exists(file)) {
      Files.write(file, content, StandardOpenOption.CREATE_NEW);
    }
  }

  /// The readable form: the message's type, then protobuf's text format.
  static String text(Message message) {
    return "# "
        + message.getDescriptorForType().getFullName()
        + "\n"
        + TextFormat.printer().printToString(message);
  }

  /// By the name of the file.
  static Map<String, Message> all() {
    var all = new LinkedHashMap<String, Message>();
    session(all);
    transfer(all);
    outcomes(all);
    administration(all);
    enrollment(all);
    scheduling(all);
    all.put(
        "error",
        ErrorDetail.newBuilder()
            .setReason(ErrorReason.ERROR_REASON_PROTOCOL_VERSION)
            .setMessage("upgrade the site")
            .build());
    return all;
  }

  private static void session(Map<String, Message> all) {
    all.put(
        "site-hello",
        SiteMessage.newBuilder()
            .setHello(
                SiteHello.newBuilder()
                    .setProtocol(ProtocolRange.newBuilder().setLowest(1).setHighest(1))
                    .setSoftware("ward 0.1.0")
                    .setInstance("3b1f6c1e-8f0c-4b5d-9c59-6d3a2a3f3f10")
                    .setBoot(7))
            .build());
    all.put(
        "site-observed",
        SiteMessage.newBuilder()
            .setObserved(
                ObservedState.newBuilder()
                    .addTasks(task(Activity.ACTIVITY_FETCHING, 0))
                    .addTasks(task(Activity.ACTIVITY_RUNNING, 0.5))
                    .addTasks(task(Activity.ACTIVITY_DELIVERING, 1)))
            .build());
    all.put("site-observed-capacity", observed(offer().build()));
    all.put(
        "site-observed-closed",
        observed(
            SiteCapacity.newBuilder()
                .setClosure(closure(ClosureCause.CLOSURE_CAUSE_PAUSED))
                .build(),
            ObservedJob.newBuilder()
                .setId(JOB)
                .setDecision(SiteDecision.SITE_DECISION_REFUSED)
                .setReason("dataset breast-cancer is not declared at this site")
                .build()));
    all.put(
        "site-hello-observed",
        SiteMessage.newBuilder()
            .setHello(
                SiteHello.newBuilder()
                    .setProtocol(ProtocolRange.newBuilder().setLowest(1).setHighest(1))
                    .setSoftware("ward 0.1.0")
                    .setInstance("3b1f6c1e-8f0c-4b5d-9c59-6d3a2a3f3f10")
                    .setBoot(7)
                    .setObserved(ObservedState.newBuilder().setCapacity(offer())))
            .build());
    all.put(
        "site-hello-parts",
        SiteMessage.newBuilder()
            .setHello(
                SiteHello.newBuilder()
                    .setProtocol(ProtocolRange.newBuilder().setLowest(1).setHighest(1))
                    .setSoftware("ward 0.1.0")
                    .setInstance("3b1f6c1e-8f0c-4b5d-9c59-6d3a2a3f3f10")
                    .setBoot(7)
                    .setTakesParts(true))
            .build());
    all.put(
        "server-hello",
        ServerMessage.newBuilder()
            .setHello(
                ServerHello.newBuilder()
                    .setProtocol(1)
                    .setSoftware("ward 0.1.0")
                    .setSite("site-1")
                    .setEpoch(12))
            .build());
    all.put(
        "server-desired",
        ServerMessage.newBuilder()
            .setDesired(
                DesiredState.newBuilder()
                    .setEpoch(12)
                    .setVersion(345)
                    .addJobs(
                        DesiredJob.newBuilder()
                            .setId(JOB)
                            .setDefinition(job())
                            .addTasks(
                                TaskAssignment.newBuilder()
                                    .setKey(KEY)
                                    .setKind(TaskKind.TASK_KIND_TRAIN)
                                    .setModel(HASH)
                                    .setTotalRounds(20)
                                    .setWanted(WeightType.WEIGHT_TYPE_DIFF)
                                    .setTrack("global"))
                            .setJobPackage(
                                JobPackage.newBuilder().setHash(OTHER).setSizeBytes(98_765))))
            .build());
    all.put(
        "server-desired-part",
        ServerMessage.newBuilder()
            .setDesired(
                DesiredState.newBuilder()
                    .setEpoch(12)
                    .setVersion(345)
                    .addJobs(DesiredJob.newBuilder().setId(JOB).setDefinition(bundle()))
                    .setMore(true))
            .build());
    all.put(
        "server-desired-bundle",
        ServerMessage.newBuilder()
            .setDesired(
                DesiredState.newBuilder()
                    .setEpoch(12)
                    .setVersion(346)
                    .addJobs(DesiredJob.newBuilder().setId(JOB).setDefinition(bundle())))
            .build());
    all.put(
        "server-desired-statistics",
        ServerMessage.newBuilder()
            .setDesired(
                DesiredState.newBuilder()
                    .setEpoch(12)
                    .setVersion(348)
                    .addJobs(
                        DesiredJob.newBuilder()
                            .setId(JOB)
                            .setDefinition(
                                job().toBuilder()
                                    .addWorkflows(
                                        WorkflowDefinition.newBuilder()
                                            .setStatistics(statistics())))))
            .build());
    all.put(
        "server-desired-robust",
        ServerMessage.newBuilder()
            .setDesired(
                DesiredState.newBuilder()
                    .setEpoch(12)
                    .setVersion(348)
                    .addJobs(robust(rule -> rule.setMedian(badSites())))
                    .addJobs(robust(rule -> rule.setTrimmedMean(badSites())))
                    .addJobs(robust(rule -> rule.setKrum(badSites())))
                    .addJobs(
                        robust(rule ->
                            rule.setMultiKrum(
                                    AggregationDefinition.MultiKrum.newBuilder()
                                        .setBadSites(2)
                                        .setKeep(3))
                                .setClip(AggregationDefinition.Clip.newBuilder().setNorm(2.5))))
                    .addJobs(
                        robust(rule ->
                            rule.setGeometricMedian(badSites())
                                .setClip(
                                    AggregationDefinition.Clip.newBuilder()
                                        .setMedianNorm(
                                            AggregationDefinition.MedianNorm
                                                .getDefaultInstance())))))
            .build());
    all.put(
        "server-desired-parameters",
        ServerMessage.newBuilder()
            .setDesired(
                DesiredState.newBuilder()
                    .setEpoch(12)
                    .setVersion(347)
                    .addJobs(
                        DesiredJob.newBuilder()
                            .setId(JOB)
                            .setDefinition(job())
                            .addTasks(
                                TaskAssignment.newBuilder()
                                    .setKey(KEY)
                                    .setKind(TaskKind.TASK_KIND_DATA_STATS)
                                    .setTotalRounds(20)
                                    .setWanted(WeightType.WEIGHT_TYPE_DIFF)
                                    .setTrack("global")
                                    .setParameters("{\"bins\":20}"))))
            .build());
  }

  private static FeatureStatistics age() {
    return FeatureStatistics.newBuilder()
        .setFeature("age")
        .setGroup("ill=1")
        .setPatients(12)
        .setCount(12)
        .setMissing(3)
        .setMoments(ValueMoments.newBuilder().setCount(12).setSum(733.5).setSquares(81.25))
        .setExtremes(
            ValueExtremes.newBuilder().setMin(20).setMinHolders(1).setMax(99).setMaxHolders(2))
        .setHistogram(
            ValueHistogram.newBuilder()
                .addEdges(20)
                .addEdges(60)
                .addEdges(99)
                .addCounts(2)
                .addCounts(8)
                .setBelow(1)
                .setAbove(1))
        .addRemarks(
            StatisticRemark.newBuilder()
                .addStatistics(Statistic.STATISTIC_MIN)
                .addStatistics(Statistic.STATISTIC_MAX)
                .setWithheld(true)
                .setSentence("this site tells no smallest and largest values"))
        .build();
  }

  private static StatisticsDefinition statistics() {
    return StatisticsDefinition.newBuilder()
        .addStatistics("mean")
        .addStatistics("histogram")
        .addFeatures("age")
        .setByClass(true)
        .setBins(20)
        .addRanges(HistogramRange.newBuilder().setFeature("age").setLow(-1).setHigh(120))
        .addQuantiles(0.5)
        .setRoundDeadlineMs(600_000)
        .build();
  }

  private static SiteCapacity.Builder offer() {
    return SiteCapacity.newBuilder()
        .setGpus(2)
        .setCpuThreads(16)
        .setMemoryBytes(64L << 30)
        .setMaxJobs(3);
  }

  private static Closure closure(ClosureCause cause) {
    return Closure.newBuilder()
        .setCause(cause)
        .setReason("paused by the site's own people")
        .setUntilMs(1_795_478_400_000L)
        .build();
  }

  private static SiteMessage observed(SiteCapacity capacity, ObservedJob... jobs) {
    return SiteMessage.newBuilder()
        .setObserved(
            ObservedState.newBuilder().setCapacity(capacity).addAllJobs(java.util.List.of(jobs)))
        .build();
  }

  private static JobDefinition bundle() {
    return job().toBuilder()
        .setAlgorithm(
            AlgorithmDefinition.newBuilder()
                .setType("bundle")
                .setCode("spleen")
                .setEngine("monai")
                .setArguments(arguments()))
        .build();
  }

  private static ObservedTask task(Activity activity, double fraction) {
    return ObservedTask.newBuilder()
        .setKey(KEY)
        .setActivity(activity)
        .setFraction(fraction)
        .build();
  }

  private static AggregationDefinition.Robust badSites() {
    return AggregationDefinition.Robust.newBuilder().setBadSites(2).build();
  }

  private static DesiredJob robust(UnaryOperator<AggregationDefinition.Builder> rule) {
    var job = job().toBuilder();
    var workflow = job.getWorkflowsBuilder(0).getFedAvgBuilder();
    workflow.setAggregation(rule.apply(AggregationDefinition.newBuilder()));
    return DesiredJob.newBuilder().setId(JOB).setDefinition(job).build();
  }

  private static JobDefinition job() {
    return JobDefinition.newBuilder()
        .setName("breast-cancer-fedavg")
        .setStudy("default")
        .addSites("site-1")
        .addSites("site-2")
        .setMinSites(1)
        .addMandatorySites("site-1")
        .setSample(2)
        .setSeed(-7)
        .addWorkflows(workflow(Weighting.newBuilder().setGiven(factors())))
        .addWorkflows(
            workflow(Weighting.newBuilder().setSamples(Weighting.BySamples.getDefaultInstance())))
        .addWorkflows(
            workflow(
                Weighting.newBuilder().setIterations(Weighting.ByIterations.getDefaultInstance())))
        .setAlgorithm(
            AlgorithmDefinition.newBuilder()
                .setType("java")
                .setJar("lib/algorithm.jar")
                .setClassName("org.example.Algorithm")
                .setArguments(arguments()))
        .setInitialModel(InitialModel.newBuilder().setFile("first.safetensors"))
        .setData(DataDefinition.newBuilder().setDataset("breast-cancer").setSettings(arguments()))
        .addFilters(FilterDefinition.newBuilder().setType("norm-clip").setArguments(arguments()))
        .setResources(
            ResourceRequest.newBuilder().setGpus(1).setCpuThreads(2).setMemoryBytes(2L << 30))
        .setDeadlineMs(86_400_000)
        .build();
  }

  private static Weighting.ByFactor factors() {
    return Weighting.ByFactor.newBuilder().putFactors("site-2", 2.5).build();
  }

  private static WorkflowDefinition workflow(Weighting.Builder weighting) {
    return WorkflowDefinition.newBuilder()
        .setFedAvg(
            FedAvgDefinition.newBuilder()
                .setRounds(20)
                .setWeighting(weighting)
                .setWeightType(WeightType.WEIGHT_TYPE_DIFF)
                .setKeyMetric(
                    KeyMetric.newBuilder()
                        .setName("accuracy")
                        .setDirection(Direction.DIRECTION_MAX))
                .setRoundDeadlineMs(7_200_000)
                .setCloseEarlyMs(30_000)
                .addExclude("bn\\..*")
                .setCounters(CounterRule.COUNTER_RULE_MEAN)
                .setMaxNorm(1000)
                .setAlone(true))
        .build();
  }

  private static Arguments arguments() {
    return Arguments.newBuilder()
        .addEntries(argument("text", Value.newBuilder().setText("größe")))
        .addEntries(argument("whole", Value.newBuilder().setWhole(-3)))
        .addEntries(argument("number", Value.newBuilder().setNumber(0.05)))
        .addEntries(argument("truth", Value.newBuilder().setTruth(true)))
        .addEntries(
            argument(
                "list",
                Value.newBuilder()
                    .setList(ValueList.newBuilder().addValues(Value.newBuilder().setWhole(16)))))
        .addEntries(
            argument(
                "map",
                Value.newBuilder()
                    .setMap(
                        Arguments.newBuilder()
                            .addEntries(argument("inner", Value.newBuilder().setText("x"))))))
        .build();
  }

  private static Argument argument(String name, Value.Builder value) {
    return Argument.newBuilder().setName(name).setValue(value).build();
  }

  private static void transfer(Map<String, Message> all) {
    var reference = FileReference.newBuilder().setHash(HASH).setSizeBytes(1L << 40);
    all.put("file-of-a-task", reference.clone().setTask(KEY).build());
    all.put("file-of-a-job", reference.clone().setJob(JOB).build());
    all.put("file-status", FileStatus.newBuilder().setOffset(4096).setComplete(true).build());
    all.put("fetch", FetchRequest.newBuilder().setHash(HASH).setOffset(4096).build());
    all.put("chunk", Chunk.newBuilder().setSizeBytes(8192).setData(bytes(5, 0x55)).build());
    all.put("store-file", StoreRequest.newBuilder().setFile(reference.setTask(KEY)).build());
    all.put("store-data", StoreRequest.newBuilder().setData(bytes(5, 0x55)).build());
    all.put("audit-checkpoint", AuditCheckpoint.newBuilder().setCheckpoint(HASH).build());
    all.put("store-reply", StoreReply.newBuilder().setOffset(8192).setComplete(true).build());
  }

  private static void outcomes(Map<String, Message> all) {
    var file = UpdateFile.newBuilder().setHash(HASH).setSizeBytes(1234);
    var scores = Scores.newBuilder().putValues("accuracy", 0.5).setSamples(12);
    var outcome = TaskOutcome.newBuilder();
    all.put(
        "deliver-trained",
        deliver(
            outcome
                .clone()
                .setTrained(
                    Trained.newBuilder()
                        .setUpdate(file)
                        .setType(WeightType.WEIGHT_TYPE_DIFF)
                        .setIterations(40)
                        .setSamples(120)
                        .putValues("loss", 0.25)
                        .setReceived(scores)
                        .addFilters("norm-clip(bound=1.0)"))));
    all.put(
        "deliver-initialized",
        deliver(outcome.clone().setInitialized(Initialized.newBuilder().setModel(file))));
    all.put(
        "deliver-evaluated",
        deliver(outcome.clone().setEvaluated(Evaluated.newBuilder().setMetrics(scores))));
    all.put(
        "deliver-described",
        deliver(outcome.clone().setDescribed(Described.newBuilder().setStatistics(scores))));
    all.put(
        "deliver-described-document",
        deliver(
            outcome
                .clone()
                .setDescribed(
                    Described.newBuilder().setStatistics(scores).setDocument("{\"age\":[3,4]}"))));
    all.put(
        "deliver-described-features",
        deliver(
            outcome
                .clone()
                .setDescribed(Described.newBuilder().setStatistics(scores).addFeatures(age()))));
    all.put(
        "deliver-declined",
        deliver(outcome.clone().setDeclined(Declined.newBuilder().setReason("not here"))));
    all.put(
        "deliver-failed",
        deliver(
            outcome.setFailed(Failed.newBuilder().setPhase("train").setReason("the loss is NaN"))));
    all.put(
        "verdict-accepted",
        Verdict.newBuilder().setAccepted(Verdict.Accepted.getDefaultInstance()).build());
    all.put(
        "verdict-refused",
        Verdict.newBuilder().setRefused(Verdict.Refused.newBuilder().setReason("NaN")).build());
    all.put(
        "verdict-obsolete",
        Verdict.newBuilder()
            .setObsolete(Verdict.Obsolete.newBuilder().setReason("the round is closed"))
            .build());
  }

  private static DeliverRequest deliver(TaskOutcome.Builder outcome) {
    return DeliverRequest.newBuilder().setTask(KEY).setOutcome(outcome).build();
  }

  private static void administration(Map<String, Message> all) {
    all.put(
        "site-list",
        SiteList.newBuilder()
            .addSites(
                SiteStatus.newBuilder()
                    .setName("site-1")
                    .setOrganization("hospa")
                    .setConnected(true)
                    .setSinceMs(1_795_478_400_000L))
            .build());
    all.put("submit", JobPackage.newBuilder().setHash(HASH).setSizeBytes(98_765).build());
    all.put("submit-reply", SubmitReply.newBuilder().setId(JOB).build());
    all.put("show", JobRequest.newBuilder().setId(JOB).build());
    all.put(
        "job-report",
        JobReport.newBuilder()
            .setSummary(SUMMARY)
            .addSites(
                JobSite.newBuilder()
                    .setName("site-1")
                    .setState(SiteState.SITE_STATE_FAILED)
                    .setDetail("train: the loss is NaN"))
            .setFailure(
                JobFailure.newBuilder().setSite("site-1").setPhase("train").setReason("NaN"))
            .setAbortedBy("lead@uni.org")
            .setModel(HASH)
            .setBest(BestModel.newBuilder().setRound(2).setModel(OTHER).setValue(0.5))
            .putMetrics("accuracy", 0.75)
            .addComplaints("round 1, site-1: failed in train: NaN")
            .build());
    all.put(
        "list-jobs",
        ListJobsRequest.newBuilder()
            .setLimit(20)
            .setStudy("default")
            .addStatus(JobStatus.JOB_STATUS_RUNNING)
            .build());
    all.put("job-list", JobList.newBuilder().addJobs(SUMMARY).setLeftOff(3).build());
    all.put(
        "result-files",
        ResultFileList.newBuilder()
            .addFiles(
                ResultFile.newBuilder()
                    .setName("model.safetensors")
                    .setSizeBytes(98_765)
                    .setHash(HASH))
            .build());
    all.put(
        "download",
        DownloadRequest.newBuilder()
            .setId(JOB)
            .setName("model.safetensors")
            .setOffset(4096)
            .build());
    all.put("fetch-package", FetchPackageRequest.newBuilder().setId(JOB).setOffset(4096).build());
    all.put("trust-update", TrustUpdate.newBuilder().setUpdate(bytes(5, 0x55)).build());
    all.put(
        "trust-status",
        TrustStatus.newBuilder().setFreshUntilMs(1_795_478_400_000L).setRevoked(2).build());
    all.put("rebind", RebindRequest.newBuilder().setSite("site-1").build());
  }

  /// What came with the scheduler: questions, forecasts, output, sites.
  private static void scheduling(Map<String, Message> all) {
    all.put(
        "server-question",
        ServerMessage.newBuilder()
            .setQuestion(SiteQuestion.newBuilder().setNumber(3).setManifest(bytes(5, 0x55)))
            .build());
    all.put(
        "site-answer",
        SiteMessage.newBuilder()
            .setAnswer(
                SiteAnswer.newBuilder()
                    .setNumber(3)
                    .setDecision(SiteDecision.SITE_DECISION_AWAITING_APPROVAL)
                    .setReason("own code waits for approval"))
            .build());
    all.put("explain", ExplainRequest.newBuilder().setManifest(bytes(5, 0x55)).build());
    all.put(
        "explained",
        ExplainReply.newBuilder()
            .addSites(
                SiteForecast.newBuilder()
                    .setSite("site-1")
                    .setVerdict(ForecastVerdict.FORECAST_VERDICT_WOULD_REFUSE)
                    .setReason("dataset x is not declared at this site"))
            .build());
    all.put(
        "log-lines",
        LogLines.newBuilder()
            .setJob(JOB)
            .setNumber(1L << 40)
            .addLines("epoch 1")
            .setLeftOut(2)
            .build());
    all.put("log-receipt", LogReceipt.newBuilder().setWanted(true).build());
    all.put(
        "logs",
        LogsRequest.newBuilder()
            .setId(JOB)
            .setSite("site-1")
            .setOffset(4096)
            .setFollow(true)
            .build());
    all.put(
        "log-page",
        LogPage.newBuilder()
            .addLines(
                LogLine.newBuilder()
                    .setSite("site-1")
                    .setAtMs(1_795_478_400_000L)
                    .setText("epoch 1"))
            .setOffset(8192)
            .build());
    all.put("site", SiteRequest.newBuilder().setSite("site-1").build());
    all.put(
        "site-report",
        SiteReport.newBuilder()
            .setStatus(
                SiteStatus.newBuilder()
                    .setName("site-1")
                    .setOrganization("uni")
                    .setConnected(true)
                    .setSinceMs(1_795_478_400_000L)
                    .setDisabled("disabled by admin@uni.org"))
            .setCapacity(offer())
            .addJobs(
                SiteJob.newBuilder()
                    .setId(JOB)
                    .setName("breast-cancer")
                    .setState(SiteState.SITE_STATE_WAITING)
                    .setDetail("ready"))
            .build());
  }

  private static void enrollment(Map<String, Message> all) {
    var name = "ward://chest_ct/site/site-1";
    all.put("renewal", RenewalRequest.newBuilder().setRequest(bytes(5, 0x55)).build());
    all.put("renewal-status", RenewalStatus.newBuilder().setAnswered(true).build());
    all.put(
        "renewal-answer",
        RenewalAnswer.newBuilder()
            .setUpdate(bytes(5, 0x55))
            .setCertificates(bytes(5, 0x66))
            .build());
    all.put(
        "renewal-list",
        RequestList.newBuilder()
            .addRequests(
                WaitingRequest.newBuilder()
                    .setName(name)
                    .setRequest(bytes(5, 0x55))
                    .setReceivedMs(1_795_478_400_000L))
            .build());
    all.put(
        "renewal-of-another",
        RequestAnswer.newBuilder().setName(name).setUpdate(bytes(5, 0x66)).build());
  }

  private static ByteString bytes(int count, int value) {
    var bytes = new byte[count];
    java.util.Arrays.fill(bytes, (byte) value);
    return ByteString.copyFrom(bytes);
  }
}
