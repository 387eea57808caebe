package org.wardfl.client.python;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.run.Phase;
import org.wardfl.algo.run.TaskResult;

/// Whatever a class in Python does wrong while it works: one sentence that says what and where,
/// without a word of the data.
@Timeout(120)
class PythonFaultsTest {

  @TempDir private Path temporary;

  @BeforeEach
  void needsPython() {
    PythonRun.require("numpy");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          initialize_raises  | EVALUATE    | initialize raised ValueError at faulty.py:\\d+
          raises             | TRAIN       | train raised ValueError at faulty.py:\\d+
          says               | TRAIN       | the table has no column age
          get_weights_raises | TRAIN       | get_weights raised KeyError at faulty.py:\\d+
          calls_exit         | TRAIN       | train raised SystemExit at faulty.py:\\d+
          ends               | TRAIN       | the Python process ended in train: exit code 7
          crashes            | TRAIN       | the Python process ended in train: it crashed \\(signal 11\\)
          is_killed          | TRAIN       | the Python process ended in train: it was killed \\(signal 9\\)
          asks_for_too_much  | TRAIN       | train ran out of memory at faulty.py:\\d+
          closes_sockets     | TRAIN       | the Python process ended in train: .*
          speaks_garbage     | TRAIN       | the Python process sent something that is no answer
          speaks_nonsense    | TRAIN       | the Python process sent something that is no answer
          object_array       | TRAIN       | get_weights: tensor w is an array of object, expected numbers of a fixed size
          text_array         | TRAIN       | get_weights: tensor w is an array of <U1, expected numbers of a fixed size
          list_weights       | TRAIN       | get_weights: weight w is a list, expected an array or a tensor
          other_key          | GET_WEIGHTS | tensor v is not in the received model
          missing_key        | GET_WEIGHTS | the algorithm did not return tensor w
          number_key         | TRAIN       | get_weights: a weight's name is a int, expected a text
          other_shape        | GET_WEIGHTS | tensor w: F32\\[3, 1\\], expected F32\\[3\\]
          other_type         | GET_WEIGHTS | tensor w: F64\\[3\\], expected F32\\[3\\]
          not_a_number       | GET_WEIGHTS | tensor w holds NaN
          infinite           | GET_WEIGHTS | tensor w holds -Infinity
          no_weights         | TRAIN       | get_weights returned no weights, expected a dict of names to tensors
          no_result          | TRAIN       | get_weights returned None, expected an ExchangeObject
          no_weight_type     | TRAIN       | get_weights returned weight_type None, expected fl_weights_full or fl_weight_diff
          no_iterations      | TRAIN       | get_weights returned num_executed_iterations None in its statistics, expected the number of optimizer steps
          negative_iterations| TRAIN       | get_weights returned num_executed_iterations -1 in its statistics, expected the number of optimizer steps
          metric_nan         | EVALUATE    | evaluate: metric distance is NaN, expected a finite number
          metric_name        | EVALUATE    | evaluate: not a metric name: 'a b'; expected .*
          """)
  void aFaultIsOneSentence(String fault, Phase phase, String sentence) throws Exception {
    try (var run = new PythonRun(temporary)) {
      var failed = run.fault(fault).failure();
      assertThat(failed.message()).matches(sentence).doesNotContain("4711");
      assertThat(failed.phase()).isEqualTo(phase);
    }
  }

  @Test
  void theTracebackAndTheLastOutputStayAtTheSite() throws Exception {
    try (var run = new PythonRun(temporary)) {
      var failed = run.fault("prints_and_raises").failure();
      assertThat(failed.message()).doesNotContain("4711");
      assertThat(failed.detail())
          .contains("ValueError: patient 4711", "in prints_and_raises", "case 4711 is odd");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "leaves_threads", "closes_output", "evaluate_none", "odd_arrays"})
  void whatDoesNoHarmIsNoFailure(String harmless) throws Exception {
    try (var run = new PythonRun(temporary)) {
      var result = run.fault(harmless).train();
      assertThat(result).isInstanceOf(TaskResult.Trained.class);
      var trained = (TaskResult.Trained) result;
      assertThat(trained.summary().iterations()).isEqualTo(4);
      assertThat(trained.summary().samples()).isEqualTo(5);
      assertThat(trained.summary().values()).containsOnlyKeys("loss");
      assertThat(trained.received().values().keySet()).isSubsetOf("distance");
    }
  }

  @Test
  void bigEndianAndStridedArraysAreWrittenAsTheyRead() throws Exception {
    try (var run = new PythonRun(temporary)) {
      try (var task = run.fault("odd_arrays").training()) {
        assertThat(task.run()).isInstanceOf(TaskResult.Trained.class);
        try (var update = ModelFile.open(task.request().updateOut())) {
          var tensors = update.load();
          assertThat(tensors.tensor("w").toFloats()).containsExactly(0, 0, 0);
          assertThat(tensors.tensor("n").toLongs()).containsExactly(3);
        }
      }
    }
  }

  @Test
  void theReceivedFileIsNotWrittenTo() throws Exception {
    try (var run = new PythonRun(temporary)) {
      var before = Files.readAllBytes(run.model());
      try (var task = run.fault("changes_what_it_received").training()) {
        assertThat(task.run()).isInstanceOf(TaskResult.Trained.class);
        assertThat(Files.readAllBytes(task.request().model().orElseThrow())).isEqualTo(before);
      }
    }
  }

  @Test
  void megabytesOfOutputAreReadAndNotKept() throws Exception {
    try (var run = new PythonRun(temporary)) {
      assertThat(run.fault("prints").train()).isInstanceOf(TaskResult.Trained.class);
      run.fault("raises").failure();
      assertThat(run.log().length()).isBetween(256 << 10, (256 << 10) + 4096);
      assertThat(run.log()).contains("more bytes of output, which are not kept");
    }
  }

  @Test
  void moreMemoryThanTheJobAskedForEndsIt() throws Exception {
    try (var run = new PythonRun(temporary)) {
      var failed = run.memory(256L << 20).fault("eats_memory").failure();
      assertThat(failed.message())
          .isEqualTo(
              "the Python process ended in train: it used more than the job's memory of 256 MiB");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"forks", "forks_and_ends", "forks_and_crashes"})
  void nothingThatATaskStartedOutlivesIt(String fault) throws Exception {
    try (var run = new PythonRun(temporary)) {
      try (var task = run.fault(fault).training()) {
        task.run();
        var pids =
            Arrays.stream(Files.readString(task.scratch().resolve("pids")).split(" "))
                .map(Long::valueOf)
                .toList();
        task.end();
        assertThat(pids).hasSize(3);
        for (long pid : pids) {
          PythonRun.await(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
        }
      }
      assertThat(run.fault("none").train()).isInstanceOf(TaskResult.Trained.class);
    }
  }
}
