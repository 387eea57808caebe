package org.wardfl.proto.sample;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.wardfl.proto.json.Json;
import org.wardfl.proto.json.JsonReader;

/// The samples of one evaluation at one site, as a folder has them: a list, `samples.json`, and of
/// the first case in it the pictures `1-image.png` and so on.
///
/// Reading trusts nobody: no link is followed, no file but these is opened, and a set with one
/// thing wrong in it is refused as a whole. At most 16 cases, pictures of at most 512x512 pixels
/// and 512 KiB.
///
/// @param samples the cases
/// @param files the pictures by name; owned by the set, not to be changed
public record SampleSet(List<Sample> samples, SortedMap<String, byte[]> files) {

  /// The name of the list.
  public static final String LIST = "samples.json";

  private static final int MOST_SAMPLES = 16;
  private static final int MOST_LIST_BYTES = 1 << 16;
  private static final int MOST_PICTURE_BYTES = 1 << 19;
  private static final int MOST_NUMBER = 100_000_000;
  private static final int MOST_LETTERS = 40;
  private static final int MOST_CLASSES = 1000;

  /// Copies.
  public SampleSet {
    samples = List.copyOf(samples);
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /// A picture of a case, a PNG file.
  ///
  /// @param at the case's place among the samples
  /// @param picture one of its pictures
  public byte[] picture(int at, String picture) {
    return Objects.requireNonNull(files.get(name(at, picture)), picture);
  }

  private static String name(int at, String picture) {
    return at + 1 + "-" + picture + ".png";
  }

  /// Reads a folder; empty if it has no list.
  ///
  /// @throws SampleException if its content is not such a set
  /// @throws IOException if a file cannot be read
  public static Optional<SampleSet> read(Path folder) throws SampleException, IOException {
    if (!Files.exists(folder.resolve(LIST), LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new SampleException("found a link, expected a folder");
    }
    var samples = list(content(folder.resolve(LIST), MOST_LIST_BYTES));
    var files = new TreeMap<String, byte[]>();
    for (int i = 0; i < samples.size(); i++) {
      for (var picture : samples.get(i).pictures()) {
        var name = name(i, picture);
        var bytes = content(folder.resolve(name), MOST_PICTURE_BYTES);
        if (!PngCheck.isPicture(bytes)) {
          throw new SampleException(
              name + ": not a plain PNG picture of at most " + PngCheck.MOST_PIXELS + " pixels");
        }
        files.put(name, bytes);
      }
    }
    return Optional.of(new SampleSet(samples, files));
  }

  private static byte[] content(Path file, int most) throws SampleException, IOException {
    var name = file.getFileName();
    try {
      // Opening something else than a file may wait for ever.
      var found = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!found.isRegularFile()) {
        throw new SampleException(name + ": found a link or something else, expected a file");
      }
      try (var channel =
          Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
        var buffer = ByteBuffer.allocate((int) Math.min(channel.size(), most) + 1);
        while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
          // Until the end or one byte too many.
        }
        if (buffer.position() > most) {
          throw new SampleException(name + ": more than " + most + " bytes");
        }
        return java.util.Arrays.copyOf(buffer.array(), buffer.position());
      }
    } catch (NoSuchFileException _) {
      throw new SampleException(name + ": there is no such file");
    }
  }

  private static List<Sample> list(byte[] bytes) throws SampleException {
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (!(JsonReader.readObject(text).get("samples") instanceof List<?> entries)
          || entries.isEmpty()
          || entries.size() > MOST_SAMPLES) {
        throw new SampleException(LIST + ": expected 1 to " + MOST_SAMPLES + " samples");
      }
      var samples = new ArrayList<Sample>();
      for (var entry : entries) {
        samples.add(sample(entry));
      }
      return samples;
    } catch (CharacterCodingException _) {
      throw new SampleException(LIST + ": not UTF-8");
    } catch (IllegalArgumentException e) {
      throw new SampleException(LIST + ": " + e.getMessage());
    }
  }

  private static Sample sample(@Nullable Object entry) {
    if (!(entry instanceof Map<?, ?> values)) {
      throw new IllegalArgumentException("a sample is no object");
    }
    int number = whole(values, "case", MOST_NUMBER);
    int cases = whole(values, "of", MOST_NUMBER);
    if (values.containsKey("predicted")) {
      return new Sample.Classified(
          number,
          cases,
          word(values.get("truth")),
          word(values.get("predicted")),
          share(values.get("probability")));
    }
    var axis = word(values.get("axis"));
    if (!List.of("x", "y", "z").contains(axis)) {
      throw new IllegalArgumentException("axis: expected x, y or z");
    }
    var classes = new ArrayList<String>();
    if (values.get("classes") instanceof List<?> names && names.size() < MOST_CLASSES) {
      names.forEach(name -> classes.add(word(name)));
    }
    var dice = values.get("dice");
    return new Sample.Segmented(
        number,
        cases,
        axis,
        whole(values, "slice", MOST_NUMBER),
        whole(values, "slices", MOST_NUMBER),
        dice == null ? Optional.empty() : Optional.of(share(dice)),
        classes);
  }

  private static int whole(Map<?, ?> values, String key, int most) {
    if (values.get(key) instanceof Long number && number >= 1 && number <= most) {
      return number.intValue();
    }
    throw new IllegalArgumentException(key + ": expected a whole number from 1 to " + most);
  }

  private static double share(@Nullable Object value) {
    if (value instanceof Number number && number.doubleValue() >= 0 && number.doubleValue() <= 1) {
      return number.doubleValue();
    }
    throw new IllegalArgumentException("expected a number from 0 to 1");
  }

  private static String word(@Nullable Object value) {
    if (value instanceof String text && !text.isEmpty() && text.length() <= MOST_LETTERS) {
      return text;
    }
    throw new IllegalArgumentException("expected a text of at most " + MOST_LETTERS + " letters");
  }

  /// Writes the set into a folder, the list last; what the folder held under these names is
  /// replaced.
  ///
  /// @throws IOException if it cannot be written
  public void write(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(LIST));
    for (var file : files.entrySet()) {
      replace(folder.resolve(file.getKey()), file.getValue());
    }
    var entries = samples.stream().map(SampleSet::json).toList();
    replace(
        folder.resolve(LIST),
        Json.document(Map.of("samples", entries)).getBytes(StandardCharsets.UTF_8));
  }

  /// Never through a link that lies in its place.
  private static void replace(Path file, byte[] content) throws IOException {
    Files.deleteIfExists(file);
    Files.write(file, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  private static Map<String, Object> json(Sample sample) {
    var json = new LinkedHashMap<String, Object>();
    json.put("case", sample.number());
    json.put("of", sample.cases());
    switch (sample) {
      case Sample.Segmented segmented -> {
        json.put("axis", segmented.axis());
        json.put("slice", segmented.slice());
        json.put("slices", segmented.slices());
        json.put("dice", segmented.dice());
        json.put("classes", segmented.classes());
      }
      case Sample.Classified classified -> {
        json.put("truth", classified.truth());
        json.put("predicted", classified.predicted());
        json.put("probability", classified.probability());
      }
    }
    return json;
  }
}
