package org.wardfl.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.wardfl.algo.SiteName;

/// A folder with the data of all simulated sites: for each a folder of its name, or one file of its
/// name and any ending, such as `site-1.csv`.
public final class SiteData {

  private final Path folder;

  /// Looks into this folder, which need not be there.
  public SiteData(Path folder) {
    this.folder = folder;
  }

  @Override
  public String toString() {
    return folder.toString();
  }

  /// The sites that have something here, in order of their names; none if there is no such folder.
  ///
  /// @throws IOException if the folder cannot be read
  public SortedSet<SiteName> sites() throws SimulationException, IOException {
    var sites = new TreeSet<SiteName>();
    if (!Files.isDirectory(folder)) {
      return sites;
    }
    for (var entry : entries()) {
      var name = stem(entry);
      if (!name.isEmpty() && name.matches("[A-Za-z0-9_-]{1,63}")) {
        sites.add(new SiteName(name));
      }
    }
    return sites;
  }

  /// Where a site's data lies.
  ///
  /// @throws SimulationException if it has none, or it is not clear which it is
  /// @throws IOException if the folder cannot be read
  public Path of(SiteName site) throws SimulationException, IOException {
    return of(List.of(site)).values().iterator().next();
  }

  /// Where each site's data lies; the folder is read once, however many there are.
  ///
  /// @throws SimulationException if one has none, or it is not clear which it is
  /// @throws IOException if the folder cannot be read
  public SortedMap<SiteName, Path> of(Collection<SiteName> sites)
      throws SimulationException, IOException {
    var entries = entries().stream().sorted().collect(Collectors.groupingBy(SiteData::stem));
    var data = new TreeMap<SiteName, Path>();
    for (var site : sites) {
      data.put(site, only(entries.getOrDefault(site.value(), List.of()), site));
    }
    return data;
  }

  private Path only(List<Path> found, SiteName site) throws SimulationException {
    if (found.isEmpty()) {
      throw new SimulationException(
          "site "
              + site
              + " has no data: there is neither a file "
              + site
              + ".* nor a folder "
              + site
              + " in "
              + folder
              + "; add it, leave the site out (--sites), or name another folder (--data)");
    }
    if (found.size() > 1) {
      throw new SimulationException(
          "site "
              + site
              + " has more than one entry in "
              + folder
              + ": "
              + found.stream().map(Path::getFileName).toList()
              + "; expected one file or one folder");
    }
    return found.getFirst();
  }

  private List<Path> entries() throws SimulationException, IOException {
    if (!Files.isDirectory(folder)) {
      throw new SimulationException(
          "there is no data folder " + folder + "; name one with --data, or prepare the job's own");
    }
    try (var entries = Files.list(folder)) {
      return entries.filter(entry -> !entry.getFileName().toString().startsWith(".")).toList();
    }
  }

  private static String stem(Path entry) {
    var name = entry.getFileName().toString();
    int dot = name.indexOf('.');
    return dot < 0 || Files.isDirectory(entry) ? name : name.substring(0, dot);
  }
}
