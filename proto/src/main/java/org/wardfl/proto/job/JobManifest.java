package org.wardfl.proto.job;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.WireException;

/// What a job's submitter signs beside the job's files, as the context fields of the manifest.
///
/// People and programs that know no protobuf can read most of it; what counts is the typed job in
/// `definition`. There is one way to write it, and any other is refused, so the two cannot differ.
///
/// @param submission which submission
/// @param definition the typed job; nothing else says what runs
/// @param submitter the certified name, `ward://<project>/<role>/<name>`, of who says to have
///   signed
public record JobManifest(Submission submission, JobDefinition definition, String submitter) {

  /// The type of a job's manifest.
  public static final String TYPE = "job";

  /// The most that one file of a job may have, but for the first model.
  public static final long MAX_FILE_BYTES = 256L << 20;

  /// The most that all files of a job may have together, but for the first model.
  public static final long MAX_TOTAL_BYTES = 512L << 20;

  /// The most that a first model may have. It is a model file, which is checked as such, so it may
  /// be larger than anything else that a job brings.
  public static final long MAX_INITIAL_MODEL_BYTES = 2L << 30;

  private static final String THIS_VERSION = "1";
  private static final String VERSION = "version";
  private static final String JOB = "job";
  private static final String STUDY = "study";
  private static final String SUBMITTER = "submitter";
  private static final String SITES = "sites";
  private static final String ROUNDS = "rounds";
  private static final String SEED = "seed";
  private static final String DEFINITION = "definition";
  private static final String CREATED = "created";
  private static final String EXPIRES = "expires";
  private static final String NONCE = "nonce";

  /// Clocks may differ by this much.
  private static final Duration TOLERANCE = Duration.ofMinutes(5);

  /// The context fields, by key.
  public Map<String, String> toContext() {
    var sites = definition.sites().stream().map(SiteName::value).collect(Collectors.joining(","));
    return Map.ofEntries(
        Map.entry(VERSION, THIS_VERSION),
        Map.entry(JOB, submission.job().value()),
        Map.entry(STUDY, definition.study()),
        Map.entry(SUBMITTER, submitter),
        Map.entry(SITES, sites),
        Map.entry(ROUNDS, Long.toString(definition.rounds())),
        Map.entry(SEED, Long.toString(definition.seed())),
        Map.entry(DEFINITION, Base64.getEncoder().encodeToString(encode(definition))),
        Map.entry(CREATED, submission.created().toString()),
        Map.entry(EXPIRES, submission.expires().toString()),
        Map.entry(NONCE, submission.nonce()));
  }

  /// Reads the context of a manifest whose signature was checked, and checks that all of it agrees:
  /// with itself, with the typed job, with the job's files, with the signer, with the clock.
  ///
  /// @param context all fields
  /// @param fileSizes all files that were signed, in bytes
  /// @param signer the certified name of who signed
  /// @param now the time that counts
  /// @throws WireException if it is not a job's, or contradicts something; the message says what
  public static JobManifest fromContext(
      Map<String, String> context, Map<String, Long> fileSizes, String signer, Instant now)
      throws WireException {
    var version = field(context, VERSION);
    if (!version.equals(THIS_VERSION)) {
      throw new WireException(
          "a job's manifest of another version, expected "
              + THIS_VERSION
              + "; its submitter uses another version of Ward");
    }
    var manifest = parse(context);
    manifest.requireSame(context);
    if (!manifest.submitter.equals(signer)) {
      throw new WireException("a job of " + manifest.submitter + ", signed by " + signer);
    }
    if (!now.isBefore(manifest.submission.expires())) {
      throw new WireException("the job expired at " + manifest.submission.expires());
    }
    if (manifest.submission.created().isAfter(now.plus(TOLERANCE))) {
      throw new WireException(
          "the job was signed at "
              + manifest.submission.created()
              + ", but this clock says "
              + now
              + "; check the clocks of both machines");
    }
    manifest.requireFiles(fileSizes);
    return manifest;
  }

  /// The path of the file that is the first model, if the job brings one.
  public Optional<String> initialModel() {
    return switch (definition.initialModel()) {
      case InitialModel.FromFile(var path) -> Optional.of(path);
      case InitialModel.Random _ -> Optional.empty();
    };
  }

  /// Refuses files that are too large, and a job that names a file which it does not bring.
  ///
  /// @param sizes all files of the job, in bytes
  /// @throws WireException naming the file
  public void requireFiles(Map<String, Long> sizes) throws WireException {
    var model = initialModel();
    requireFile("initial_model", model, sizes);
    requireFile("algorithm.jar", definition.algorithm().jar(), sizes);
    requireFile("algorithm.args.network.file", definition.algorithm().torchScript(), sizes);
    var code = definition.algorithm().code().filter(folder -> !folder.equals("."));
    // A packed bundle is itself the file.
    boolean packed =
        definition.algorithm().type().equals(AlgorithmDefinition.BUNDLE)
            && sizes.containsKey(code.orElse(""));
    if (code.isPresent()
        && !packed
        && sizes.keySet().stream().noneMatch(file -> file.startsWith(code.get() + "/"))) {
      throw new WireException("the job brings no file of algorithm.code, '" + code.get() + "'");
    }
    long left = MAX_TOTAL_BYTES;
    for (var file : sizes.entrySet()) {
      boolean first = model.isPresent() && model.get().equals(file.getKey());
      long most = first ? MAX_INITIAL_MODEL_BYTES : MAX_FILE_BYTES;
      if (file.getValue() > most) {
        throw new WireException(
            "file '"
                + file.getKey()
                + "' of "
                + file.getValue()
                + " bytes, expected at most "
                + most);
      }
      left -= first ? 0 : file.getValue();
      if (left < 0) {
        throw new WireException(
            "files of more than " + MAX_TOTAL_BYTES + " bytes together, the most a job has");
      }
    }
  }

  private static void requireFile(String key, Optional<String> path, Map<String, Long> sizes)
      throws WireException {
    if (path.isPresent() && !sizes.containsKey(path.get())) {
      throw new WireException(
          key
              + ": '"
              + path.get()
              + "' is not among the job's files; expected the plain name of one of them");
    }
  }

  private static JobManifest parse(Map<String, String> context) throws WireException {
    try {
      var submission =
          new Submission(
              new JobId(field(context, JOB)),
              Instant.parse(field(context, CREATED)),
              Instant.parse(field(context, EXPIRES)),
              field(context, NONCE));
      return new JobManifest(
          submission,
          decode(Base64.getDecoder().decode(field(context, DEFINITION))),
          field(context, SUBMITTER));
    } catch (IllegalArgumentException
        | DateTimeException
        | ArithmeticException
        | InvalidProtocolBufferException e) {
      throw new WireException("the signed manifest is none of a job: " + e.getMessage(), e);
    }
  }

  private void requireSame(Map<String, String> found) throws WireException {
    var rest = new TreeMap<>(found);
    for (var expected : new TreeMap<>(toContext()).entrySet()) {
      if (!expected.getValue().equals(rest.remove(expected.getKey()))) {
        throw new WireException(
            "the signed manifest contradicts the job in it, or is written in another way, at '"
                + expected.getKey()
                + "'");
      }
    }
    if (!rest.isEmpty()) {
      throw new WireException(
          "the signed manifest has '" + rest.firstKey() + "', which no job has");
    }
  }

  private static String field(Map<String, String> context, String key) throws WireException {
    var value = context.get(key);
    if (value == null) {
      throw new WireException("the signed manifest has no '" + key + "', expected a job's");
    }
    return value;
  }

  private static byte[] encode(JobDefinition definition) {
    var message = JobCodec.toWire(definition);
    var bytes = new byte[message.getSerializedSize()];
    var output = CodedOutputStream.newInstance(bytes);
    // Otherwise the entries of a map stand in any order.
    output.useDeterministicSerialization();
    try {
      message.writeTo(output);
      output.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new IllegalStateException("an array of the message's own size", e);
    }
    return bytes;
  }

  private static JobDefinition decode(byte[] bytes)
      throws WireException, InvalidProtocolBufferException {
    return JobCodec.fromWire(org.wardfl.proto.wire.JobDefinition.parseFrom(bytes));
  }
}
