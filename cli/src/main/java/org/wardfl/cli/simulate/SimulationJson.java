package org.wardfl.cli.simulate;

import java.util.LinkedHashMap;
import java.util.Map;
import org.wardfl.server.result.ResultFiles;
import org.wardfl.server.result.RunJson;
import org.wardfl.simulator.Simulation;

/// A simulation's result as the one document of `--json`; scripts depend on its keys.
final class SimulationJson {

  private SimulationJson() {}

  static Map<String, Object> of(Simulation.Result result) {
    var run = result.record();
    var json = new LinkedHashMap<String, Object>();
    json.put("job", run.definition().name());
    json.put("status", run.status());
    json.put("rounds", ResultFiles.roundsDone(run));
    json.put(
        "model",
        run.model()
            .map(hash -> {
              var model = new LinkedHashMap<String, Object>();
              model.put("path", result.folder().resolve("model.safetensors"));
              model.put("sha256", hash);
              return model;
            }));
    json.put("best", run.best().map(RunJson::best));
    json.put("metrics", ResultFiles.finalMeans(run));
    json.put(
        "sites",
        ResultFiles.finalScores(run).entrySet().stream()
            .map(entry -> {
              var site = new LinkedHashMap<String, Object>();
              site.put("name", entry.getKey());
              site.put("samples", entry.getValue().samples());
              site.put("metrics", entry.getValue().values());
              return site;
            })
            .toList());
    json.put("elapsedSeconds", result.elapsed().toMillis() / 1e3);
    json.put("failure", run.failure().map(RunJson::failure));
    json.put("folder", result.folder());
    return json;
  }
}
