package org.wardfl.client.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlServerTest {

  @TempDir private Path folder;

  @Test
  void aQuestionHasAnAnswerAndTheKernelSaysWhoAsks() throws Exception {
    try (var _ =
        ControlServer.open(
            folder, (question, user) -> Map.of("refusal", question.get("job") + " " + user))) {
      var socket = folder.resolve(ControlServer.SOCKET);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-------");
      assertThatExceptionOfType(ControlException.class)
          .isThrownBy(() -> new ControlClient(folder).approve("j1"))
          .withMessage("j1 " + Files.getOwner(socket).getName());
    }
    assertThat(folder.resolve(ControlServer.SOCKET)).doesNotExist();
    assertThatIOException().isThrownBy(() -> new ControlClient(folder).status());
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, (1 << 20) + 1, 3})
  void whatIsNoQuestionIsNotAnsweredAndHarmsNobody(int length) throws Exception {
    try (var _ = ControlServer.open(folder, (_, _) -> Map.of("site", "a"))) {
      try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        channel.connect(UnixDomainSocketAddress.of(folder.resolve(ControlServer.SOCKET)));
        var frame = ByteBuffer.allocate(7).putInt(length);
        if (length == 3) {
          frame.put("yes".getBytes(StandardCharsets.US_ASCII));
        }
        channel.write(frame.flip());
        assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      }
      assertThat(new ControlClient(folder).status().site()).isEqualTo("a");
    }
  }

  @Test
  void aSocketThatWasLeftIsReplacedAndAPathThatIsTooLongIsSaid() throws Exception {
    Files.writeString(folder.resolve(ControlServer.SOCKET), "left by a kill");
    try (var _ = ControlServer.open(folder, (_, _) -> Map.of("site", "a"))) {
      assertThat(new ControlClient(folder).status().site()).isEqualTo("a");
    }
    var deep = Files.createDirectories(folder.resolve("x".repeat(120)));
    assertThatIOException()
        .isThrownBy(() -> ControlServer.open(deep, (_, _) -> Map.of()))
        .withMessageContaining("a socket's path at most 107");
  }
}
