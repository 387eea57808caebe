package org.wardfl.server.service;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.WireException;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.ObservedCodec;
import org.wardfl.proto.task.ObservedState.ObservedJob;
import org.wardfl.proto.wire.SiteAnswer;
import org.wardfl.proto.wire.SiteQuestion;

/// Questions that sites have been asked in their sessions and have not answered yet. Thread-safe.
final class SiteQuestions {

  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, Question> open = new ConcurrentHashMap<>();

  /// One question to one site.
  final class Question implements AutoCloseable {

    private final SiteName site;
    private final JobId job;
    private final long number = numbers.incrementAndGet();
    private final CompletableFuture<ObservedJob> answer = new CompletableFuture<>();

    private Question(SiteName site, JobId job) {
      this.site = site;
      this.job = job;
    }

    SiteQuestion message(ByteString manifest) {
      return SiteQuestion.newBuilder().setNumber(number).setManifest(manifest).build();
    }

    /// The answer, if it comes in time.
    Optional<ObservedJob> await(Duration longest) throws InterruptedException {
      try {
        return Optional.of(answer.get(Math.max(0, longest.toMillis()), TimeUnit.MILLISECONDS));
      } catch (TimeoutException _) {
        return Optional.empty();
      } catch (ExecutionException e) {
        throw new IllegalStateException("an answer is never a failure", e);
      }
    }

    /// Nobody waits for the answer any more.
    @Override
    public void close() {
      open.remove(number);
    }
  }

  /// A question about a job, whose answer is waited for until it is closed.
  Question begin(SiteName site, JobId job) {
    var question = new Question(site, job);
    open.put(question.number, question);
    return question;
  }

  /// A site answers. One that was asked something else, or is too late, says it to nobody.
  void answered(SiteName site, SiteAnswer answer) throws WireException {
    var question = open.get(answer.getNumber());
    if (question != null && question.site.equals(site)) {
      question.answer.complete(
          new ObservedJob(
              question.job, ObservedCodec.fromWire(answer.getDecision()), answer.getReason()));
    }
  }
}
