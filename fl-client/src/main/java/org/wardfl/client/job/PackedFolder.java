package org.wardfl.client.job;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.certs.archive.ArchiveException;
import org.wardfl.certs.archive.SignedArchive;
import org.wardfl.certs.manifest.FileEntry;
import org.wardfl.certs.manifest.FolderComparison;
import org.wardfl.proto.job.JobManifest;

/// What of a job folder is packed: every file of it, except the data, what a build left there, and
/// what version control keeps there for itself.
///
/// @param folder the job folder
/// @param dataset the job's dataset by name, empty if it has none
/// @param named the files that the job names, which are packed wherever they lie
record PackedFolder(Path folder, String dataset, Set<String> named) {

  /// The folder that never leaves the machine.
  private static final String DATA = "data";

  /// Folders of compilers: classes, logs, reports with the machine's settings.
  private static final Set<String> BUILD = Set.of("target", "build");

  /// What version control and Python keep there for themselves.
  private static final Set<String> KEPT =
      Set.of(".git", ".gitignore", ".gitattributes", "__pycache__");

  /// Of a job's folder.
  static PackedFolder of(Path folder, JobManifest job) {
    var named = new TreeSet<String>();
    job.initialModel().ifPresent(named::add);
    job.definition().algorithm().jar().ifPresent(named::add);
    job.definition().algorithm().torchScript().ifPresent(named::add);
    return new PackedFolder(folder, job.definition().data().dataset(), named);
  }

  /// The files in the order of their names, with size and hash.
  List<FileEntry> list() throws JobPackageException, ArchiveException, IOException {
    if (!Files.isDirectory(folder)) {
      throw new JobPackageException("there is no job folder " + folder);
    }
    checkNames(folder);
    var files = FolderComparison.list(folder, this::isLeftOut);
    refuseCopies(files);
    return files;
  }

  private static boolean isData(String path) {
    return top(path).equalsIgnoreCase(DATA);
  }

  private static String top(String path) {
    int end = path.indexOf('/');
    return end < 0 ? path : path.substring(0, end);
  }

  private boolean isLeftOut(String path) {
    boolean needed =
        named.stream().anyMatch(file -> file.equals(path) || file.startsWith(path + "/"));
    return isData(path)
        || KEPT.contains(path.substring(path.lastIndexOf('/') + 1))
        || (BUILD.contains(top(path)) && !needed);
  }

  /// Refuses by name what is not packed, before anything is read.
  private void checkNames(Path at) throws JobPackageException, ArchiveException, IOException {
    try (var entries = Files.newDirectoryStream(at)) {
      for (var entry : entries) {
        var path = relative(entry);
        if (isLeftOut(path)) {
          continue;
        }
        checkName(path);
        var attributes =
            Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isDirectory()) {
          checkNames(entry);
        } else {
          checkKind(path, attributes);
        }
      }
    }
  }

  private void checkName(String path) throws JobPackageException, ArchiveException {
    SignedArchive.checkName(path);
    if (!dataset.isEmpty() && !path.contains("/")) {
      int dot = path.indexOf('.');
      var stem = dot < 0 ? path : path.substring(0, dot);
      if (path.equalsIgnoreCase(dataset) || stem.equalsIgnoreCase(dataset)) {
        throw new JobPackageException(
            "'"
                + path
                + "' has the name of the dataset; a job packs no data: move it into "
                + DATA
                + "/, or rename it if it is something else");
      }
    }
  }

  private static void checkKind(String path, BasicFileAttributes attributes)
      throws JobPackageException {
    if (attributes.isSymbolicLink()) {
      throw new JobPackageException(
          "'" + path + "' is a symbolic link; a job has files only: put a copy in its place");
    }
    if (!attributes.isRegularFile()) {
      throw new JobPackageException("'" + path + "' is neither a file nor a folder; remove it");
    }
  }

  /// Refuses files that are the same as one of the data, whatever their name.
  private void refuseCopies(List<FileEntry> files) throws JobPackageException, IOException {
    var bySize = new HashMap<Long, Map<String, String>>();
    for (var file : files) {
      if (file.size() > 0) {
        bySize.computeIfAbsent(file.size(), _ -> new HashMap<>()).put(file.sha256(), file.path());
      }
    }
    for (var data : dataFolders()) {
      List<Path> suspects;
      try (var found = Files.walk(data, FileVisitOption.FOLLOW_LINKS)) {
        suspects =
            found.filter(Files::isRegularFile).filter(file -> hasSizeOf(bySize, file)).toList();
      }
      for (var suspect : suspects) {
        var hash = ModelWriter.hash(suspect).hex();
        for (var same : bySize.values()) {
          var packed = same.get(hash);
          if (packed != null) {
            throw new JobPackageException(
                "'"
                    + packed
                    + "' is a copy of a file in "
                    + DATA
                    + "/; data are never packed: remove it");
          }
        }
      }
    }
  }

  private List<Path> dataFolders() throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.filter(entry -> isData(relative(entry))).filter(Files::isDirectory).toList();
    }
  }

  private static boolean hasSizeOf(Map<Long, Map<String, String>> bySize, Path file) {
    try {
      return bySize.containsKey(Files.size(file));
    } catch (IOException _) {
      // What cannot be read here cannot have been packed either.
      return false;
    }
  }

  private String relative(Path found) {
    return folder.relativize(found).toString().replace(folder.getFileSystem().getSeparator(), "/");
  }
}
