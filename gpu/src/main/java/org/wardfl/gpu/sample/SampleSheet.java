package org.wardfl.gpu.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.gpu.imaging.Image;

/// The samples of one evaluation, as PNG files and a list of them, `samples.json`, which is written
/// last. A case is told by its number in the site's list, never by a name.
///
/// A sheet that cannot be written is given up; the evaluation goes on. For one thread.
public final class SampleSheet {

  /// The folder in a task's scratch folder that is there if the site keeps samples of the task.
  public static final String FOLDER = "samples";

  private static final Logger LOG = LoggerFactory.getLogger(SampleSheet.class);
  private static final String AXES = "xyz";

  private final Optional<Path> folder;
  private final SampleOptions options;
  private final List<String> entries = new ArrayList<>();
  private boolean givenUp;

  private SampleSheet(Optional<Path> folder, SampleOptions options) {
    this.folder = folder;
    this.options = options;
  }

  /// A sheet that nobody sees.
  public static SampleSheet none() {
    return new SampleSheet(Optional.empty(), SampleOptions.NONE);
  }

  /// The sheet of a task: what the job asks for, where the site keeps it.
  ///
  /// @param scratch the task's folder
  public static SampleSheet in(Path scratch, SampleOptions options) {
    var folder = scratch.resolve(FOLDER);
    return options.count() > 0 && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
        ? new SampleSheet(Optional.of(folder), options)
        : none();
  }

  /// Which cases are shown, drawn at random, and how many pictures there are of each: one, or
  /// several where there are fewer cases than pictures.
  ///
  /// @param cases how many there are
  /// @param seed what they are drawn by
  public Map<Integer, Integer> chosen(int cases, long seed) {
    var chosen = new TreeMap<Integer, Integer>();
    int wanted = Math.min(options.count(), cases);
    var random = new Random(seed);
    while (chosen.size() < wanted) {
      int place = chosen.size();
      chosen.putIfAbsent(
          random.nextInt(cases),
          options.count() / wanted + (place < options.count() % wanted ? 1 : 0));
    }
    return chosen;
  }

  /// Adds slices of a volume.
  ///
  /// @param number of the volume, from 1
  /// @param volumes how many there are
  /// @param image one channel
  /// @param truth a class for each voxel
  /// @param prediction the same
  /// @param region where predictions are scored
  /// @param dice how well they fit; not a number where that cannot be said
  /// @param count how many slices, 0 or more
  public void volume(
      int number,
      int volumes,
      Image image,
      Image truth,
      Image prediction,
      Optional<Image> region,
      double dice,
      int count) {
    if (count == 0) {
      return;
    }
    for (var cut : Cut.through(truth, prediction, region, count)) {
      var picture = Picture.of(image, cut);
      add(
          String.format(
              Locale.ROOT,
              "{\"case\": %d, \"of\": %d, \"axis\": \"%s\", \"slice\": %d, \"slices\": %d,"
                  + " \"dice\": %s, \"classes\": [%s]}",
              number,
              volumes,
              AXES.charAt(cut.axis()),
              cut.at() + 1,
              image.extents().along(cut.axis()),
              Double.isNaN(dice) ? "null" : Double.toString(dice),
              String.join(
                  ", ",
                  options.names().subList(1, options.names().size()).stream()
                      .map(SampleSheet::quoted)
                      .toList())),
          Map.of(
              "image", picture,
              "truth", picture.outlined(truth, cut),
              "prediction", picture.outlined(prediction, cut)));
    }
  }

  /// Adds a picture.
  ///
  /// @param number of the picture, from 1
  /// @param pictures how many there are
  /// @param truth its class
  /// @param probabilities of all classes
  /// @param predicted the most probable one
  public void picture(
      int number, int pictures, Image image, int truth, int predicted, double[] probabilities) {
    add(
        String.format(
            Locale.ROOT,
            "{\"case\": %d, \"of\": %d, \"truth\": %s, \"predicted\": %s, \"probability\": %s}",
            number,
            pictures,
            quoted(options.names().get(truth)),
            quoted(options.names().get(predicted)),
            Double.toString(probabilities[predicted])),
        Map.of("image", Picture.of(image)));
  }

  /// Names of classes hold nothing that JSON escapes; see [SampleOptions].
  private static String quoted(String name) {
    return '"' + name + '"';
  }

  private void add(String entry, Map<String, Picture> pictures) {
    if (folder.isEmpty() || givenUp) {
      return;
    }
    int number = entries.size() + 1;
    try {
      for (var picture : pictures.entrySet()) {
        var file = folder.get().resolve(number + "-" + picture.getKey() + ".png");
        try (var out = Files.newOutputStream(file)) {
          ImageIO.write(picture.getValue().image(), "png", out);
        }
      }
      entries.add(entry);
    } catch (IOException e) {
      giveUp(e);
    }
  }

  /// Writes the list.
  public void finish() {
    if (entries.isEmpty() || givenUp) {
      return;
    }
    try {
      Files.writeString(
          folder.orElseThrow().resolve("samples.json"),
          "{\"samples\": [\n  " + String.join(",\n  ", entries) + "\n]}\n");
    } catch (IOException e) {
      giveUp(e);
    }
  }

  private void giveUp(IOException e) {
    givenUp = true;
    LOG.atWarn().setCause(e).log("sample pictures cannot be written");
  }
}
