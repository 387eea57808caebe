package org.wardfl.gpu.imaging.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.wardfl.algo.AlgoException;
import org.wardfl.gpu.imaging.Image;
import org.wardfl.gpu.imaging.ImageException;
import org.wardfl.gpu.imaging.dicom.DicomSeriesReader;
import org.wardfl.gpu.imaging.nifti.NiftiReader;
import org.wardfl.gpu.table.Table;

/// The file `images.csv` in a site's dataset folder: one row for each image, with the names of
/// files below that folder.
///
/// Messages name the list's line and column, never a file: file names of hospitals often are those
/// of patients.
public final class ImageList {

  /// The list's name.
  public static final String NAME = "images.csv";

  private static final String TRAIN = "train";

  private final Path folder;
  private final Table table;
  private final int image;
  private final int split;

  private ImageList(Path folder, Table table) throws AlgoException.SiteData {
    this.folder = folder;
    this.table = table;
    this.image = table.column("image");
    this.split = table.column("split");
  }

  /// Reads the list of a folder.
  ///
  /// @throws AlgoException.SiteData if there is none, or it lacks a column `image` or `split`
  public static ImageList read(Path folder) throws AlgoException.SiteData {
    if (!Files.isDirectory(folder)) {
      throw new AlgoException.SiteData(
          "the dataset is not a folder; expected one with "
              + NAME
              + " and the images that it lists");
    }
    return new ImageList(folder, Table.read(folder.resolve(NAME)));
  }

  /// The rows whose column `split` says this, in their order.
  public List<Integer> rows(String use) {
    var rows = new ArrayList<Integer>();
    for (int row = 0; row < table.rows().size(); row++) {
      if (table.cell(row, split).equals(use)) {
        rows.add(row);
      }
    }
    return rows;
  }

  /// All rows, in their order.
  public List<Integer> all() {
    return IntStream.range(0, table.rows().size()).boxed().toList();
  }

  /// The rows to learn from.
  ///
  /// @throws AlgoException.SiteData if there is none
  public List<Integer> training() throws AlgoException.SiteData {
    var rows = rows(TRAIN);
    if (rows.isEmpty()) {
      throw new AlgoException.SiteData(NAME + " lists no image whose column `split` says " + TRAIN);
    }
    return rows;
  }

  /// A whole number in a column, or the default if there is no such column or the cell is empty.
  ///
  /// @throws AlgoException.SiteData if it is not a whole number from min to max
  public int whole(int row, String column, int defaultValue, int min, int max)
      throws AlgoException.SiteData {
    int at = table.header().indexOf(column);
    if (at < 0 || table.cell(row, at).isEmpty()) {
      return defaultValue;
    }
    double value = table.number(row, at);
    if (!(value == StrictMath.rint(value) && value >= min && value <= max)) {
      throw table.bad(row, at, "expected a whole number from " + min + " to " + max);
    }
    return (int) value;
  }

  /// Whether the list has this column.
  public boolean has(String column) {
    return table.header().contains(column);
  }

  /// The file that a column names, if it names one.
  ///
  /// @throws AlgoException.SiteData if there is no such column, or the file is not below the folder
  public Optional<Path> file(int row, String column) throws AlgoException.SiteData {
    int at = table.column(column);
    var name = table.cell(row, at);
    if (name.isEmpty()) {
      return Optional.empty();
    }
    Path file;
    try {
      file = folder.resolve(name).normalize();
    } catch (java.nio.file.InvalidPathException _) {
      throw table.bad(row, at, "not the name of a file");
    }
    if (!file.startsWith(folder.normalize())) {
      throw table.bad(row, at, "names a file outside the dataset's folder");
    }
    if (!Files.exists(file)) {
      throw table.bad(row, at, "there is no such file");
    }
    return Optional.of(file);
  }

  /// Reads the image of a row.
  ///
  /// @param reader what reads its file
  /// @throws AlgoException.SiteData if the cell is empty or the file is no such image
  public Image image(int row, String column, Reader reader) throws AlgoException.SiteData {
    var file = file(row, column);
    if (file.isEmpty()) {
      throw bad(row, column, "the cell is empty; expected the name of a file");
    }
    try {
      return reader.read(file.get());
    } catch (ImageException e) {
      throw bad(row, column, e.getMessage());
    } catch (IOException e) {
      throw bad(row, column, "the file cannot be read: " + e.getClass().getSimpleName());
    }
  }

  /// Reads the volume of a row: a NIfTI file, or a folder with the slices of a DICOM series.
  ///
  /// @throws AlgoException.SiteData if the cell is empty or the file is no such image
  public Image volume(int row, String column) throws AlgoException.SiteData {
    return image(
        row,
        column,
        file -> Files.isDirectory(file) ? DicomSeriesReader.read(file) : NiftiReader.read(file));
  }

  /// A complaint about one cell.
  public AlgoException.SiteData bad(
      int row, String column, @org.jspecify.annotations.Nullable String what) {
    int at = Math.max(0, table.header().indexOf(column));
    return table.bad(row, at, String.valueOf(what));
  }

  /// A complaint about the image of a row.
  public AlgoException.SiteData bad(int row, String what) {
    return table.bad(row, image, what);
  }

  /// What reads the file of an image.
  @FunctionalInterface
  public interface Reader {

    /// Reads it.
    Image read(Path file) throws ImageException, IOException;
  }
}
