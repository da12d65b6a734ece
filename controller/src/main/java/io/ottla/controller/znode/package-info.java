/**
 * What is written into ZooKeeper and where: one codec per path, in the JSON that Apache Kafka 3.9 writes and reads.
 *
 * <p>Everything here is immutable data and pure functions. It knows neither a session nor what the controller does with
 * the contents. Unknown JSON fields are ignored, a missing or ill-typed one is a {@link
 * io.ottla.controller.znode.MalformedNodeException} that names the path.
 */
@NullMarked
package io.ottla.controller.znode;

import org.jspecify.annotations.NullMarked;
