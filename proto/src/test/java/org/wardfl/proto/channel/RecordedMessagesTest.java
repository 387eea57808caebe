package org.wardfl.proto.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.wardfl.proto.task.ObservedCodec;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.wire.DeliverRequest;
import org.wardfl.proto.wire.ServerMessage;
import org.wardfl.proto.wire.SiteMessage;
import org.wardfl.proto.wire.Verdict;

/// What version 1 of the protocol wrote, today's software reads, and writes alike.
class RecordedMessagesTest {

  @TestFactory
  Stream<DynamicTest> everyRecordedMessageIsReadWithItsValuesAndWrittenWithItsBytes() {
    return RecordedMessages.all().entrySet().stream()
        .map(recorded ->
            dynamicTest(
                recorded.getKey(), () -> assertRecorded(recorded.getKey(), recorded.getValue())));
  }

  private static void assertRecorded(String name, Message expected) throws Exception {
    var bytes = bytes(name + ".bin");
    var read = expected.getParserForType().parseFrom(bytes);
    assertThat(read).isEqualTo(expected);
    assertThat(read.toByteArray()).isEqualTo(bytes);
    assertThat(expected.toByteArray()).isEqualTo(bytes);
    var text = new String(bytes(name + ".txt"), StandardCharsets.UTF_8);
    assertThat(text).isEqualTo(RecordedMessages.text(expected));
    var typed = expected.newBuilderForType();
    TextFormat.merge(text, typed);
    assertThat(typed.build()).isEqualTo(expected);
  }

  @Test
  void nothingOfTheWireHasGoneOrGotAnotherNumber() throws Exception {
    var recorded = new String(bytes(WireSchema.FILE), StandardCharsets.UTF_8).lines().toList();
    assertThat(recorded).hasSizeGreaterThan(150);
    assertThat(WireSchema.lines()).containsAll(recorded);
  }

  @Test
  void everyFieldOfTheVersionWasRecorded() throws Exception {
    var set = new TreeSet<String>();
    RecordedMessages.all().values().forEach(message -> WireSchema.collect(message, set));
    // Of the two ways in which a model begins, one is said by an empty message.
    var recorded =
        new String(bytes(WireSchema.FILE), StandardCharsets.UTF_8)
            .lines()
            .filter(WireSchema::isField)
            .filter(line -> !line.contains("InitialModel.random "))
            .toList();
    assertThat(set).containsAll(recorded);
  }

  /// The generated code is only half of it: what the rest of the software makes of the messages.
  @Test
  void theCodecsReadAndWriteThemAlike() throws Exception {
    var observed = SiteMessage.parseFrom(bytes("site-observed.bin")).getObserved();
    assertThat(ObservedCodec.toWire(ObservedCodec.fromWire(observed))).isEqualTo(observed);
    for (var message : List.of("site-observed-capacity", "site-observed-closed")) {
      var more = SiteMessage.parseFrom(bytes(message + ".bin")).getObserved();
      assertThat(ObservedCodec.toWire(ObservedCodec.fromWire(more))).isEqualTo(more);
    }
    var desired = ServerMessage.parseFrom(bytes("server-desired.bin")).getDesired();
    var state = TaskCodec.fromWire(desired);
    assertThat(state.epoch()).isEqualTo(12);
    assertThat(state.version()).isEqualTo(345);
    assertThat(TaskCodec.toWire(state).toByteArray()).isEqualTo(desired.toByteArray());
    for (var outcome :
        List.of("trained", "initialized", "evaluated", "described", "declined", "failed")) {
      var delivery = DeliverRequest.parseFrom(bytes("deliver-" + outcome + ".bin"));
      assertThat(TaskCodec.toWire(TaskCodec.fromWire(delivery.getTask())))
          .isEqualTo(delivery.getTask());
      assertThat(TaskCodec.toWire(TaskCodec.fromWire(delivery.getOutcome())).toByteArray())
          .isEqualTo(delivery.getOutcome().toByteArray());
    }
    for (var verdict : List.of("accepted", "refused", "obsolete")) {
      var wire = Verdict.parseFrom(bytes("verdict-" + verdict + ".bin"));
      assertThat(TaskCodec.toWire(TaskCodec.fromWire(wire))).isEqualTo(wire);
    }
  }

  @Test
  void aRecordedRefusalIsRead() throws Exception {
    var trailers = new Metadata();
    trailers.put(
        Metadata.Key.of("ward-error-bin", Metadata.BINARY_BYTE_MARSHALLER), bytes("error.bin"));
    var failure = new StatusException(Status.FAILED_PRECONDITION, trailers);
    assertThat(Refusal.of(failure))
        .contains(new Refusal(Reason.PROTOCOL_VERSION, "upgrade the site"));
  }

  private static byte[] bytes(String file) throws IOException {
    try (var input = RecordedMessagesTest.class.getResourceAsStream("/protocol-1/" + file)) {
      if (input == null) {
        throw new IOException("protocol-1/" + file + " is missing");
      }
      return input.readAllBytes();
    }
  }
}
