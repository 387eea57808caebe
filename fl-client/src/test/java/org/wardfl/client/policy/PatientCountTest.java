package org.wardfl.client.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.provisioning.rights.Condition;
import org.wardfl.provisioning.site.SitePolicyFile.Dataset;

class PatientCountTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "h;1;2;|true",
        "h;1;2|true",
        "h;1;|false",
        "h|false",
        "''|false",
        "h;1;;;;|false",
        "h;1;  ;|false",
        "h;\"a;b\";|false",
        "h;\"a;b\";2;|true",
        "h;\"a\"\"b\";2|true",
        "h;1;\"2|false",
      })
  void recordsBehindTheHeaderCount(String lines, boolean enough) throws Exception {
    var table = Files.writeString(folder.resolve("t.CSV"), lines.replace(';', '\n'));
    assertThat(isEnough(table, 2, OptionalLong.empty())).contains(enough);
    Files.writeString(table, lines.replace(";", "\r\n"));
    assertThat(isEnough(table, 2, OptionalLong.empty())).contains(enough);
  }

  @Test
  void theOwnersNumberComesFirst() throws Exception {
    var table = Files.writeString(folder.resolve("t.csv"), "h\n1\n2\n3\n");
    assertThat(isEnough(table, 2, OptionalLong.of(1))).contains(false);
    assertThat(isEnough(folder, 2, OptionalLong.of(2))).contains(true);
  }

  @Test
  void whatIsNoTableCannotBeCounted() throws Exception {
    assertThat(isEnough(folder, 1, OptionalLong.empty())).isEmpty();
    var other = Files.writeString(folder.resolve("t.npz"), "\n\n\n");
    assertThat(isEnough(other, 1, OptionalLong.empty())).isEmpty();
    assertThat(isEnough(other, 0, OptionalLong.empty())).contains(true);
  }

  private static Optional<Boolean> isEnough(Path path, long minimum, OptionalLong patients)
      throws IOException {
    return PatientCount.isEnough(
        new Dataset(path, minimum, patients, new Condition(List.of("any"))));
  }
}
