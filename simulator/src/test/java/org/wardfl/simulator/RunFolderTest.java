package org.wardfl.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;

class RunFolderTest {

  @Test
  void everyReasonIsSaidInWords() {
    // The owner of the tests may write anywhere where it is root.
    assertThat(RunFolder.reason(new AccessDeniedException("/w/job")))
        .isEqualTo("permission denied to write /w/job");
    assertThat(RunFolder.reason(new FileAlreadyExistsException("/w")))
        .isEqualTo("/w is not a folder");
    assertThat(RunFolder.reason(new FileSystemException("/w", null, "No space left on device")))
        .isEqualTo("No space left on device");
    assertThat(RunFolder.reason(new IOException("it is gone"))).isEqualTo("it is gone");
  }
}
