package org.wardfl.provisioning.state;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.wardfl.certs.CertificateAuthority;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Passphrase;
import org.wardfl.certs.PrivateFile;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.KitWriter;
import org.wardfl.provisioning.kit.Participants;
import org.wardfl.provisioning.project.Participant;
import org.wardfl.provisioning.project.Project;

/// Makes the startup kits of a project, and later those of participants that were added.
///
/// It can be run again at any time: what is there stays as it is, keys above all.
public final class Provisioner {

  private static final Duration FRESH = Duration.ofDays(25);

  private final Path out;
  private final Passphrase passphrase;
  private final InstantSource clock;

  /// Works in a folder.
  ///
  /// @param out the project admin's folder; made if it is not there
  /// @param passphrase encrypts the authorities' keys
  public Provisioner(Path out, Passphrase passphrase, InstantSource clock) {
    this.out = out;
    this.passphrase = passphrase;
    this.clock = clock;
  }

  /// What is to be done in another way than usual.
  ///
  /// @param ownKey names of those whose kit comes without a key, because they make their own
  /// @param reissue names of those who get a new kit because theirs was revoked
  public record Options(Set<String> ownKey, Set<String> reissue) {

    /// Everything as usual.
    public static final Options NONE = new Options(Set.of(), Set.of());

    /// Copies.
    public Options {
      ownKey = Set.copyOf(ownKey);
      reissue = Set.copyOf(reissue);
    }
  }

  /// What a run did.
  ///
  /// @param created who got a kit
  /// @param kept who had one, which is unchanged
  /// @param notes one sentence for each thing that the project admin should know
  /// @param rootFingerprint of the present root, to be read to participants
  public record Result(
      List<String> created, List<String> kept, List<String> notes, String rootFingerprint) {

    /// Copies.
    public Result {
      created = List.copyOf(created);
      kept = List.copyOf(kept);
      notes = List.copyOf(notes);
    }
  }

  /// Makes the kits that are not there yet.
  ///
  /// @throws KitException if the state is another project's, the passphrase wrong, or the project
  ///   file changes what is certified; nothing was done then
  public Result provision(Project project, Options options) throws KitException, IOException {
    var now = clock.instant();
    requireKnown(project, options);
    try (var state = ProjectState.openOrCreate(out, project, passphrase, now)) {
      var notes = new ArrayList<String>();
      var wanted = new LinkedHashMap<String, Member>();
      var kept = new ArrayList<String>();
      for (var participant : project.participants()) {
        var asked = member(participant);
        var present = state.registry().member(asked.name());
        if (present.isEmpty()) {
          wanted.put(asked.name(), asked);
        } else if (isReissued(present.get(), asked, options, notes)) {
          wanted.put(asked.name(), asked.with(present.get().certificates()));
        } else {
          kept.add(asked.name());
          noteEnded(present.get(), now, notes);
        }
      }
      for (var name : state.registry().members().keySet()) {
        if (project.participant(name).isEmpty()) {
          notes.add(
              name
                  + " is in the state, but no more in the project file; lock it out with 'ward cert"
                  + " revoke "
                  + name
                  + "'");
        }
      }
      var created = new LinkedHashSet<>(wanted.keySet());
      if (!wanted.isEmpty()) {
        make(state, project, wanted, options);
      } else if (!state.registry().settings().equals(project.certificates())) {
        state.commit(state.registry().withSettings(project.certificates()));
      }
      notes.addAll(state.warnings(now));
      return new Result(
          List.copyOf(created), kept, notes, state.trust().rootFingerprints().getLast().toString());
    } catch (IdentityException e) {
      throw new KitException(String.valueOf(e.getMessage()), e);
    }
  }

  private void make(
      ProjectState state, Project project, Map<String, Member> wanted, Options options)
      throws KitException, IdentityException, IOException {
    var now = clock.instant();
    var next = state.registry().withSettings(project.certificates());
    var trust = state.trust();
    if (trust.freshUntil().isBefore(now.plus(FRESH))) {
      var published = state.publish(next, now);
      next = published.registry();
      trust = published.trust();
    }
    int generation = next.issuing();
    var staged = new StagedKits(state);
    var participants = next.with(wanted.values()).participants(now);
    var signer = state.authorities().signer(next.generations().getFirst());
    var writer = new KitWriter(trust, signer, participants, now);
    var server = project.server().certifiedName(project.name());
    var issuers = new LinkedHashMap<String, CertificateAuthority>();
    for (var name : List.of("users", "transport")) {
      issuers.put(name, state.authorities().authority(generation, name));
    }
    var work = new ArrayList<Callable<Member>>();
    for (var member : wanted.values()) {
      var issuer = issuers.get(LeafProfile.ofRole(member.role()).issuer());
      var maker =
          new KitMaker(
              staged,
              writer,
              Objects.requireNonNull(issuer, "both intermediates are open"),
              next,
              server,
              generation);
      boolean ownKey = options.ownKey().contains(member.name());
      work.add(() -> maker.make(member, ownKey, now));
    }
    try {
      for (var made : inParallel(work)) {
        next = next.with(made);
      }
      requireUniqueSerials(next);
      state.commit(next);
    } catch (IOException e) {
      // What was prepared must not fill a full disk.
      staged.discard(e);
      throw e;
    }
    staged.settle();
    PrivateFile.write(
        state.results("updates").resolve(Participants.FILE), participants.sign(signer));
  }

  /// Key derivation takes most of the time, and all processors help.
  private static List<Member> inParallel(List<Callable<Member>> work)
      throws IOException, IdentityException {
    try (var threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      var results = new ArrayList<Member>();
      for (var future : threads.invokeAll(work)) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case IdentityException failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted; nothing was changed", e);
    }
  }

  private static void requireUniqueSerials(Registry registry) {
    var serials = new LinkedHashSet<String>();
    for (var member : registry.members().values()) {
      for (var issued : member.certificates()) {
        if (!serials.add(issued.serial())) {
          throw new IllegalStateException("serial " + issued.serial() + " was issued twice");
        }
      }
    }
  }

  private static Member member(Participant participant) {
    return switch (participant) {
      case Participant.Server server ->
          new Member(
              server.name(),
              server.role(),
              server.organization(),
              server.address(),
              server.hosts(),
              "",
              false,
              List.of());
      case Participant.Site site ->
          new Member(
              site.name(),
              site.role(),
              site.organization(),
              site.server(),
              List.of(),
              "",
              false,
              List.of());
      case Participant.User user ->
          new Member(
              user.name(),
              user.role(),
              user.organization(),
              user.server(),
              List.of(),
              "",
              false,
              List.of());
    };
  }

  /// Whether a participant that is known gets a new kit.
  ///
  /// @throws KitException if its certified role or organization would change
  private static boolean isReissued(
      Member present, Member asked, Options options, List<String> notes) throws KitException {
    boolean changed =
        !present.role().equals(asked.role())
            || !present.organization().equals(asked.organization());
    boolean reissue = options.reissue().contains(asked.name());
    if (changed && !(present.lockedOut() && reissue)) {
      throw new KitException(
          "participant '"
              + asked.name()
              + "' was certified as "
              + present.role()
              + " of "
              + present.organization()
              + ", but the project file says "
              + asked.role()
              + " of "
              + asked.organization()
              + "; either put the file back, or run 'ward cert revoke "
              + asked.name()
              + "' and provision again with --reissue "
              + asked.name());
    }
    if (reissue && !present.lockedOut()) {
      throw new KitException(
          "participant '"
              + asked.name()
              + "' is not revoked; a new kit needs the old one revoked first: ward cert revoke "
              + asked.name());
    }
    if (present.lockedOut() && !reissue) {
      notes.add(
          asked.name()
              + " is revoked and got no new kit; give it one with --reissue "
              + asked.name());
    }
    if (!reissue
        && !(present.address().equals(asked.address()) && present.hosts().equals(asked.hosts()))) {
      notes.add(
          "the address of the server for "
              + asked.name()
              + " is now "
              + asked.address()
              + "; its kit, made before, says "
              + present.address());
    }
    return reissue;
  }

  private static void noteEnded(Member member, Instant now, List<String> notes) {
    if (!member.lockedOut() && !member.certificates().isEmpty() && member.present(now).isEmpty()) {
      notes.add(
          "the certificate of "
              + member.name()
              + " ended at "
              + member.certificates().getLast().ends()
              + "; it asks for a new one with 'ward cert request'");
    }
  }

  private static void requireKnown(Project project, Options options) throws KitException {
    for (var names : List.of(options.ownKey(), options.reissue())) {
      for (var name : names) {
        if (project.participant(name).isEmpty()) {
          throw new KitException(
              "'"
                  + name
                  + "' is no participant of the project file; expected one of "
                  + project.participants().stream().map(Participant::name).toList());
        }
      }
    }
  }
}
