package org.wardfl.client.python;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.algo.run.Phase;
import org.wardfl.algo.run.TaskResult;

/// What keeps an algorithm in Python from starting.
@Timeout(120)
class PythonStartTest {

  private static final PythonLimits SHORT =
      new PythonLimits(Duration.ofSeconds(3), Duration.ofSeconds(60), Duration.ofSeconds(2));

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
          absent:Algo          | pass                     | there is no module absent in the job
          absent.deep:Algo     | pass                     | there is no module absent.deep in the job
          my_algo:Algo         | import not_installed     | import of my_algo failed: No module named 'not_installed'
          my_algo:Algo         | from os import nothing   | import of my_algo failed: cannot import name 'nothing' from 'os' .*
          my_algo:Algo         | x = = 1                  | import of my_algo failed: syntax error in my_algo.py, line 1: invalid syntax
          my_algo:Algo         | raise KeyError("4711")   | import of my_algo:Algo raised KeyError at my_algo.py:1
          my_algo:Algo         | raise SystemExit(0)      | import of my_algo:Algo raised SystemExit at my_algo.py:1
          my_algo:Algo         | Other = 1                | module my_algo has no class Algo
          my_algo:Algo         | Algo = 1                 | my_algo:Algo is a int, expected a class
          my_algo:Algo         | class Algo: train = print| class my_algo:Algo has no get_weights, evaluate; expected the methods of a ClientAlgo
          subprocess:Popen     | pass                     | class subprocess:Popen has no train, get_weights, evaluate; expected the methods of a ClientAlgo
          """)
  void aModuleThatCannotBeUsedIsNamed(String name, String text, String sentence) throws Exception {
    try (var run = new PythonRun(temporary)) {
      var failed = run.file("my_algo.py", text).algorithm(name).failure();
      assertThat(failed.message()).matches(sentence).doesNotContain("4711");
      assertThat(failed.phase()).isEqualTo(Phase.INITIALIZE);
    }
  }

  @Test
  void argumentsThatDoNotFitAreNamed() throws Exception {
    try (var run = new PythonRun(temporary)) {
      assertThat(run.argument("rate", 0.1).failure().message())
          .isEqualTo("args do not fit faulty:Faulty: got an unexpected keyword argument 'rate'");
    }
  }

  @Test
  void anImportThatHangsIsNotWaitedForForever() throws Exception {
    try (var run = new PythonRun(temporary, SHORT)) {
      run.file("my_algo.py", "import time; time.sleep(1000)").algorithm("my_algo:Algo");
      assertThat(run.failure().message()).isEqualTo("this site's Python did not report within 3 s");
    }
  }

  @Test
  void anImportThatCrashesIsToldAsSuch() throws Exception {
    try (var run = new PythonRun(temporary)) {
      run.file("my_algo.py", "import ctypes; ctypes.string_at(0)").algorithm("my_algo:Algo");
      assertThat(run.failure().message())
          .startsWith("this site's Python ended before it reported, with it crashed (signal 11)");
    }
  }

  @Test
  void aModuleThatStartsThreadsIsImportedByEveryTask() throws Exception {
    try (var run = new PythonRun(temporary)) {
      run.file(
              "my_algo.py",
              """
              import threading, time
              threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
              from faulty import Faulty
              """)
          .algorithm("my_algo:Faulty");
      assertThat(run.train()).isInstanceOf(TaskResult.Trained.class);
      assertThat(run.train()).isInstanceOf(TaskResult.Trained.class);
    }
  }

  @Test
  void noPythonIsSaidWithoutThePath() throws Exception {
    try (var run = new PythonRun(temporary).executable("/not/there/python3")) {
      assertThat(run.failure().message())
          .isEqualTo(
              "this site's Python cannot be started; see `python` in its site.yaml, or --python");
    }
  }

  @Test
  void somethingElseThanPythonIsToldAsSuch() throws Exception {
    try (var run = new PythonRun(temporary).executable("/bin/true")) {
      assertThat(run.failure().message())
          .isEqualTo(
              "this site's Python ended before it reported, with exit code 0; expected Python 3.9 or"
                  + " later with numpy, and a module that can be imported");
    }
  }

  @Test
  void anOldPythonIsToldAsSuch() throws Exception {
    var old =
        """
        #!/bin/sh
        exec %s -c "
        import runpy, sys
        sys.version_info = (3, 7, 2, 'final', 0)
        runpy.run_path(sys.argv[3])" "$@"
        """;
    try (var run = new PythonRun(temporary).executable(script(old))) {
      assertThat(run.failure().message())
          .isEqualTo(
              "this site's Python cannot be used: this is Python 3.7.2, expected 3.9 or later");
    }
  }

  @Test
  void aPythonWithoutNumpyIsToldAsSuch() throws Exception {
    // -S: without the folder of installed packages.
    try (var run = new PythonRun(temporary).executable(script("#!/bin/sh\nexec %s -S \"$@\"\n"))) {
      assertThat(run.failure().message())
          .isEqualTo(
              "this site's Python cannot be used: this Python cannot import numpy:"
                  + " No module named 'numpy'");
    }
  }

  @Test
  void aStrangerOnTheSocketIsNotBelieved() throws Exception {
    var stranger =
        """
        #!/bin/sh
        exec %s -c "
        import json, socket, struct, sys
        s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[4] + '/s')
        m = json.dumps({'protocol': 1, 'token': 'guessed', 'role': 'control', 'task': None}).encode()
        s.sendall(struct.pack('>I', len(m)) + m); s.recv(1)" "$@"
        """;
    try (var run = new PythonRun(temporary, SHORT).executable(script(stranger))) {
      assertThat(run.train()).isInstanceOf(TaskResult.Failed.class);
    }
  }

  private String script(String text) throws IOException {
    var file = temporary.resolve("python");
    Files.writeString(file, text.formatted(PythonRun.PYTHON));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file.toString();
  }
}
