package org.wardfl.provisioning.kit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import net.lingala.zip4j.ZipFile;
import net.lingala.zip4j.exception.ZipException;
import net.lingala.zip4j.io.outputstream.ZipOutputStream;
import net.lingala.zip4j.model.FileHeader;
import net.lingala.zip4j.model.ZipParameters;
import net.lingala.zip4j.model.enums.AesKeyStrength;
import net.lingala.zip4j.model.enums.EncryptionMethod;
import org.wardfl.certs.Passphrase;
import org.wardfl.certs.PrivateFile;
import org.wardfl.provisioning.KitException;

/// A kit in one file to be sent: a zip encrypted with AES-256 (WinZip AE-2), as 7-Zip opens it.
public final class EncryptedZip {

  private static final int MAX_ENTRIES = 100;
  private static final long MAX_BYTES = 16L << 20;

  private EncryptedZip() {}

  /// Packs a flat folder, under its own name.
  ///
  /// @param top the folder's name in the zip
  public static void pack(Path folder, String top, Path zip, Passphrase passphrase)
      throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var files = Files.list(folder);
        var output = new ZipOutputStream(bytes, passphrase.reveal())) {
      for (var file : files.sorted().toList()) {
        var parameters = new ZipParameters();
        parameters.setEncryptFiles(true);
        parameters.setEncryptionMethod(EncryptionMethod.AES);
        parameters.setAesKeyStrength(AesKeyStrength.KEY_STRENGTH_256);
        parameters.setFileNameInZip(top + "/" + file.getFileName());
        output.putNextEntry(parameters);
        Files.copy(file, output);
        output.closeEntry();
      }
    }
    PrivateFile.write(zip, bytes.toByteArray());
  }

  /// Unpacks what [#pack] packed, into a new folder (0700) beside it all or nothing.
  ///
  /// @param into where the kit's folder is created
  /// @return the kit's folder
  /// @throws KitException if the passphrase is wrong, the folder is there already, or the zip is
  ///   not one that [#pack] makes
  public static Path unpack(Path zip, Path into, Passphrase passphrase)
      throws KitException, IOException {
    try (var opened = new ZipFile(zip.toFile(), passphrase.reveal())) {
      var headers = opened.getFileHeaders();
      if (headers.isEmpty() || headers.size() > MAX_ENTRIES) {
        throw new KitException(zip + ": " + headers.size() + " entries, expected a startup kit");
      }
      var top = topOf(zip, headers.getFirst());
      var names = new HashSet<String>();
      long left = MAX_BYTES;
      var target = into.resolve(top);
      if (Files.exists(target)) {
        throw new FileAlreadyExistsException(
            target.toString(), null, "a kit lies there already; move it away first");
      }
      var temporary = into.resolve("." + top + ".new");
      boolean newFolder = Files.notExists(into);
      deleteFolder(temporary);
      PrivateFile.createFolder(temporary);
      try {
        for (var header : headers) {
          var name = nameIn(zip, header, top);
          if (!names.add(name.toLowerCase(Locale.ROOT))) {
            throw new KitException(zip + ": '" + name + "' is in it twice");
          }
          byte[] bytes;
          try (var input = opened.getInputStream(header)) {
            bytes = input.readNBytes((int) left + 1);
          }
          left -= bytes.length;
          if (left < 0) {
            throw new KitException(zip + ": more than " + MAX_BYTES + " bytes");
          }
          if (name.endsWith(".sh")) {
            PrivateFile.writeProgram(temporary.resolve(name), bytes);
          } else {
            PrivateFile.write(temporary.resolve(name), bytes);
          }
        }
        Files.move(temporary, target);
        PrivateFile.forceFolder(into.toAbsolutePath());
      } catch (IOException | KitException e) {
        deleteFolder(temporary);
        if (newFolder) {
          Files.deleteIfExists(into);
        }
        throw e;
      }
      return target;
    } catch (ZipException e) {
      throw new KitException(
          zip
              + (e.getType() == ZipException.Type.WRONG_PASSWORD
                  ? ": the password does not open it"
                  : ": not a zip that can be read: " + e.getMessage()),
          e);
    }
  }

  private static String topOf(Path zip, FileHeader header) throws KitException {
    var name = header.getFileName();
    int slash = name.indexOf('/');
    var top = slash < 0 ? "" : name.substring(0, slash);
    if (!top.matches("[A-Za-z0-9_-][A-Za-z0-9._@+-]*")) {
      throw new KitException(zip + ": '" + name + "' is no file of a startup kit");
    }
    return top;
  }

  private static String nameIn(Path zip, FileHeader header, String top) throws KitException {
    var name = header.getFileName();
    var prefix = top + "/";
    var rest = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
    if (!header.isEncrypted() || !rest.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new KitException(
          zip + ": '" + name + "', expected encrypted files of one folder " + top);
    }
    return rest;
  }

  private static void deleteFolder(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (var files = Files.list(folder)) {
        for (var file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }
}
