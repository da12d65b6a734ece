/**
 * What brokers ask of the controller: changes of the ISR, a shutdown prepared, blocks of producer ids; and what operators
 * ask of it, elections of leaders. Stateless; the controller of this process carries them out, or says that it is none.
 */
@NullMarked
package io.ottla.broker.handler.controller;

import org.jspecify.annotations.NullMarked;
