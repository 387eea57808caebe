package org.wardfl.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.wardfl.server.DrivenFederation.FIRST;
import static org.wardfl.server.DrivenFederation.SECOND;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.model.Durability;
import org.wardfl.proto.WireException;
import org.wardfl.server.job.JobEvent;
import org.wardfl.server.job.Jobs;
import org.wardfl.server.store.EventStore;
import org.wardfl.server.store.FileEventStore;
import org.wardfl.server.store.JobEventCodec;

/// A disk that takes nothing for a while delays a job and harms it in no other way.
class FullDiskTest {

  @TempDir private Path folder;

  @Test
  void anAnswerThatCannotBeRecordedIsTakenTheNextTime() throws Exception {
    try (var events = new FullStore(JobEvent.TaskAnswered.class);
        var federation = new DrivenFederation(folder, events)) {
      submit(federation);
      events.full = true;
      assertThatThrownBy(() -> federation.deliver(Jobs.ID, FIRST, 2))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no space left");
      events.full = false;
      federation.deliver(Jobs.ID, FIRST, 2);
      federation.deliver(Jobs.ID, SECOND, 3);
      assertThat(federation.task(Jobs.ID, FIRST, 2).model()).isPresent();
    }
  }

  @Test
  void aJobThatCannotBeStartedStartsLater() throws Exception {
    try (var events = new FullStore(JobEvent.Started.class);
        var federation = new DrivenFederation(folder, events)) {
      events.full = true;
      submit(federation);
      assertThatThrownBy(() -> federation.coordinator().await(Jobs.ID))
          .hasMessageContaining("no space left");
      federation.alarm().run();
      // It could not be started then either: there is another alarm.
      var alarm = federation.alarm();
      events.full = false;
      alarm.run();
      assertThat(federation.task(Jobs.ID, FIRST, 1).model()).isPresent();
    }
  }

  @Test
  void aModelThatCannotBePublishedIsPublishedLater() throws Exception {
    try (var events = new FullStore(JobEvent.ModelPublished.class);
        var federation = new DrivenFederation(folder, events)) {
      submit(federation);
      events.full = true;
      federation.deliver(Jobs.ID, FIRST, 2);
      federation.deliver(Jobs.ID, SECOND, 3);
      assertThatThrownBy(() -> federation.coordinator().await(Jobs.ID))
          .hasMessageContaining("no space left");
      events.full = false;
      federation.alarm().run();
      assertThat(federation.task(Jobs.ID, FIRST, 2).model()).isPresent();
    }
  }

  /// In the place where the model is to be written there is a folder.
  @Test
  void aModelThatCannotBeWrittenIsWrittenLater() throws Exception {
    try (var events = new FullStore(JobEvent.Ended.class);
        var federation = new DrivenFederation(folder, events)) {
      submit(federation);
      federation.deliver(Jobs.ID, FIRST, 2);
      var place = federation.blobs().incoming(Jobs.ID + "-global.part");
      Files.createDirectories(place);
      federation.deliver(Jobs.ID, SECOND, 3);
      assertThatThrownBy(() -> federation.coordinator().await(Jobs.ID))
          .isInstanceOf(IOException.class);
      Files.delete(place);
      federation.alarm().run();
      assertThat(federation.task(Jobs.ID, FIRST, 2).model()).isPresent();
    }
  }

  /// Whoever submits the same job meanwhile is not told that it is there.
  @Test
  void aSecondSubmissionWaitsForTheFirstAndTakesItsPlaceWhenThatFails() throws Exception {
    try (var events = new FullStore(JobEvent.Submitted.class);
        var federation = new DrivenFederation(folder, events);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var model = federation.stored(1);
      var job = Jobs.over(2).minSites(2).build();
      Callable<Void> submission =
          () -> {
            federation.submit(Jobs.ID, job, model);
            return null;
          };
      var held = new CountDownLatch(1);
      events.held = held;
      events.full = true;
      var first = threads.submit(submission);
      assertThat(events.arrived.await(30, TimeUnit.SECONDS)).isTrue();
      var second = threads.submit(submission);
      assertThatThrownBy(() -> second.get(200, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      held.countDown();
      assertThatThrownBy(() -> first.get(30, TimeUnit.SECONDS))
          .hasMessageContaining("no space left");
      // The second is refused by the same disk, not told of a job that does not exist.
      assertThatThrownBy(() -> second.get(30, TimeUnit.SECONDS))
          .hasMessageContaining("no space left");
      assertThat(federation.coordinator().show(Jobs.ID)).isEmpty();
      events.full = false;
      federation.submit(Jobs.ID, job, model);
      assertThat(federation.coordinator().show(Jobs.ID)).isPresent();
    }
  }

  private static void submit(DrivenFederation federation) throws IOException {
    federation.submit(Jobs.ID, Jobs.over(2).minSites(2).rounds(2).build(), federation.stored(1));
  }

  /// Takes nothing with an event of a kind while it is full.
  private final class FullStore implements EventStore {

    private final EventStore events =
        new FileEventStore(folder.resolve("events"), Durability.PROCESS);
    private final Class<? extends JobEvent> refused;
    private final CountDownLatch arrived = new CountDownLatch(1);
    private volatile CountDownLatch held = new CountDownLatch(0);
    private volatile boolean full;

    FullStore(Class<? extends JobEvent> refused) throws IOException {
      this.refused = refused;
    }

    @Override
    public void append(String stream, long sequence, long epoch, List<byte[]> appended)
        throws IOException, StaleWriterException {
      for (var bytes : appended) {
        if (full && refused.isInstance(event(bytes))) {
          arrived.countDown();
          awaitRelease();
          throw new IOException("no space left on device");
        }
      }
      events.append(stream, sequence, epoch, appended);
    }

    private void awaitRelease() throws IOException {
      try {
        held.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }

    private static JobEvent event(byte[] bytes) {
      try {
        return JobEventCodec.fromBytes(bytes);
      } catch (WireException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public List<byte[]> read(String stream, long from) throws IOException {
      return events.read(stream, from);
    }

    @Override
    public List<String> streams() throws IOException {
      return events.streams();
    }

    @Override
    public void close() throws IOException {
      events.close();
    }
  }
}
