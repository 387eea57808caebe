package org.wardfl.simulator;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.wardfl.algo.SiteName;
import org.wardfl.client.host.AlgorithmCatalog;
import org.wardfl.client.job.JobFile;
import org.wardfl.client.job.JobFileException;
import org.wardfl.proto.job.JobDefinition;

/// What was given, checked and resolved: the job, its sites, and where the data of each lies.
///
/// @param job the job
/// @param data each site's data; empty for a job without data
record SimulationPlan(JobDefinition job, Map<SiteName, Path> data) {

  static SimulationPlan of(SimulationConfig config, AlgorithmCatalog catalog)
      throws SimulationException, IOException {
    var file = new JobFile(config.job(), catalog);
    var folder = new SiteData(config.data().orElse(config.job().resolve("data")));
    try {
      var job = file.read(sites(config, file, folder), config.seed());
      if (job.resources().gpus() > config.gpus().size()) {
        throw new SimulationException(
            "the job asks for "
                + job.resources().gpus()
                + " GPUs for each site, and the simulation has "
                + config.gpus().size()
                + "; name them with --gpus 0,1 or set resources.gpus to 0");
      }
      return new SimulationPlan(job, data(job, folder));
    } catch (JobFileException e) {
      throw new SimulationException(String.valueOf(e.getMessage()));
    }
  }

  private static SortedSet<SiteName> sites(SimulationConfig config, JobFile file, SiteData folder)
      throws SimulationException, JobFileException, IOException {
    var sites = new TreeSet<SiteName>();
    switch (config.sites()) {
      case SimulationConfig.Sites.Count(var count) -> {
        if (count < 1) {
          throw new SimulationException("--sites: found " + count + ", expected at least 1");
        }
        for (int i = 1; i <= count; i++) {
          sites.add(new SiteName("site-" + i));
        }
      }
      case SimulationConfig.Sites.Named(var names) -> {
        for (var name : names) {
          try {
            if (!sites.add(new SiteName(name))) {
              throw new SimulationException("--sites: " + name + " is named twice");
            }
          } catch (IllegalArgumentException e) {
            throw new SimulationException("--sites: " + e.getMessage());
          }
        }
      }
      case SimulationConfig.Sites.FromJob() -> {
        sites.addAll(file.namedSites());
        if (sites.isEmpty()) {
          sites.addAll(folder.sites());
        }
        if (sites.isEmpty()) {
          throw new SimulationException(
              "the job says `sites: all`, and there is nothing in "
                  + folder
                  + " to take the sites from; give --sites N or --data DIR");
        }
      }
    }
    return sites;
  }

  private static Map<SiteName, Path> data(JobDefinition job, SiteData folder)
      throws SimulationException, IOException {
    return job.data().dataset().isEmpty() ? Map.of() : folder.of(job.sites());
  }
}
